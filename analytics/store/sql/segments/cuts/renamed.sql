SELECT other.* FROM {other} AS other

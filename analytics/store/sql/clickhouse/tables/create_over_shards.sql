-- Of one event every writing goes to one shard, or the last would not be known.
CREATE TABLE IF NOT EXISTS {table} {everywhere} AS {kept}
ENGINE = Distributed({cluster}, currentDatabase(), {kept}, cityHash64(id))

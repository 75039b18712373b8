"""Products as a sheet: one row a variant, the columns of its product repeated."""

CREATE OR REPLACE VIEW {table} {everywhere} AS
{select}

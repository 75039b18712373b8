CREATE TEMP VIEW {view} AS
{select}

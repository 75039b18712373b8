SELECT counted.* FROM segment_days CROSS JOIN LATERAL (
{tables} SELECT own.* FROM ({select}
) AS own) AS counted

    SELECT
        *,
        CASE WHEN {is_step} AND occurred_at <= {start} + %(window)s THEN {before} || occurred_at END AS {way}
    FROM {earlier}
    WHERE {is_needed}
    WINDOW in_order AS (
        PARTITION BY person_key ORDER BY occurred_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )

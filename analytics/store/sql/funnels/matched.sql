    SELECT
        told.person_key, occurred_at, id, CASE WHEN is_1 AND occurred_at < %(end)s THEN occurred_at END AS begun,
        {marks}
    FROM {told} AS told
    JOIN followed ON followed.person_key = told.person_key
    WHERE occurred_at >= followed.first_at - %(window)s AND {is_early}

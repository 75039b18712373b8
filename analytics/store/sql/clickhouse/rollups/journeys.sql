-- As store/sql/rollups/journeys.sql; the hash of who somebody is comes along with their ids.
SELECT
    CAST({day: }, 'Date') AS day, event_type, is_claim,
    arrayMap(each -> tupleElement(each, 1), told) AS person_keys,
    arrayMap(each -> tupleElement(each, 2), told) AS moments,
    arrayMap(each -> tupleElement(each, 3), told) AS event_ids
FROM (
    SELECT
        event_type, bitAnd(flags, {claimed: }) <> 0 AS is_claim,
        arraySort(groupArray((
            assumeNotNull(
                coalesce(if(event_type = 'user.aliased', NULL, user_key), links.linked_key, user_key, visitor_key)
            ),
            occurred_at, id
        ))) AS told
    FROM analytics_events AS events
    LEFT JOIN (
        SELECT visitor_id AS visitor, user_key AS linked_key FROM analytics_identity_links
    ) AS links ON links.visitor = coalesce(events.visitor_id, events.user_id)
    WHERE occurred_at >= {start: } AND occurred_at < {end: } AND NOT has({bot_flags: }, flags)
        AND coalesce(events.visitor_id, events.user_id) IS NOT NULL
    GROUP BY event_type, is_claim
) AS grouped

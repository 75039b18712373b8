-- The variants of each flag that was started, the control first: an experiment. Weights say how people are parted.
SELECT
    platform_feature_flag.name AS experiment,
    arm.place,
    arm.variant ->> 0 AS variant,
    (arm.variant ->> 1)::integer AS weight,
    platform_feature_flag.least_effect,
    platform_feature_flag.started_at,
    platform_feature_flag.ended_at
FROM platform_feature_flag
CROSS JOIN LATERAL jsonb_array_elements(platform_feature_flag.variants) WITH ORDINALITY AS arm (variant, place)
WHERE platform_feature_flag.started_at IS NOT NULL

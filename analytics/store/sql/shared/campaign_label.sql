coalesce(
    nullif(
        CASE %(by)s WHEN 'source' THEN source WHEN 'medium' THEN medium WHEN 'campaign' THEN campaign
        ELSE concat_ws(' / ', nullif(source, ''), nullif(medium, ''), nullif(campaign, '')) END,
        ''
    ),
    'No campaign'
)

CASE %(model)s WHEN 'last' THEN last_parts WHEN 'first' THEN first_parts WHEN 'linear' THEN linear_parts
    ELSE position_parts END AS parts,
CASE %(model)s WHEN 'last' THEN last_kobo WHEN 'first' THEN first_kobo WHEN 'linear' THEN linear_kobo
    ELSE position_kobo END AS kobo

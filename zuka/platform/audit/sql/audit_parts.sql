-- What the entry of a row is put together from.
CREATE OR REPLACE FUNCTION zuka_audit_picked(whole jsonb, names text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_object_agg(name, whole -> name), '{}') FROM unnest(names) AS name
        WHERE coalesce(whole -> name, 'null') <> 'null');

-- The columns that differ: of hidden and personal ones only that there is something.
CREATE OR REPLACE FUNCTION zuka_audit_shown(whole jsonb, differing text[], hidden text[], personal text[])
RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT coalesce(jsonb_object_agg(name, CASE
            WHEN name = ANY (hidden) THEN '"[hidden]"'::jsonb
            WHEN name = ANY (personal) THEN '"[personal]"'::jsonb
            ELSE whole -> name END), '{}')
        FROM unnest(differing) AS name WHERE coalesce(whole -> name, 'null') <> 'null');

-- From where a transaction's changes come: one row, however many entries. Taken back together with its note.
CREATE OR REPLACE FUNCTION zuka_audit_origin(said jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    known text := current_setting('zuka.audit_origin', true);
    made bigint;
BEGIN
    IF said ->> 'ip' = '' AND said ->> 'user_agent' = '' AND said ->> 'person_id' IS NULL THEN
        RETURN NULL;
    END IF;
    IF known <> '' AND split_part(known, ' ', 2) = md5(said::text) THEN
        RETURN split_part(known, ' ', 1)::bigint;
    END IF;
    INSERT INTO platform_audit_origin (person_id, ip, user_agent)
    VALUES ((said ->> 'person_id')::uuid, said ->> 'ip', said ->> 'user_agent') RETURNING id INTO made;
    PERFORM set_config('zuka.audit_origin', made || ' ' || md5(said::text), true);
    RETURN made;
END $$

-- Writes an entry for a row that was changed in a transaction that says who changes it (`zuka.audit`).
-- The trigger's argument is the row's rule, as `rules.py` declares it: what is hidden, personal or not worth an entry.
CREATE OR REPLACE FUNCTION zuka_audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rule jsonb := TG_ARGV[0]::jsonb;
    said jsonb := current_setting('zuka.audit')::jsonb;
    old_row jsonb := '{}';
    new_row jsonb := '{}';
    kept jsonb;
    differing text[];
    personal text[];
    hidden text[];
    old_words text;
    person uuid;
    reason text := coalesce(said ->> 'reason', '');
    is_personal boolean;
    entry bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
    END IF;
    kept := CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END;
    SELECT array_agg(name) INTO differing
    FROM jsonb_object_keys(kept) AS name
    WHERE NOT rule -> 'ignored' ? name
        AND coalesce(old_row -> name, 'null') IS DISTINCT FROM coalesce(new_row -> name, 'null');
    IF differing IS NULL THEN
        RETURN NULL;
    END IF;

    SELECT array_agg(name) INTO hidden FROM unnest(differing) AS name WHERE rule -> 'hidden' ? name;
    SELECT array_agg(name) INTO personal FROM unnest(differing) AS name WHERE rule -> 'personal' ? name;
    SELECT left(kept ->> name, 200) INTO old_words
    FROM jsonb_array_elements_text(rule -> 'words') WITH ORDINALITY AS listed (name, place)
    WHERE kept ->> name <> '' ORDER BY place LIMIT 1;
    person := (kept ->> (rule ->> 'person'))::uuid;
    is_personal := personal IS NOT NULL OR (rule ->> 'names_people')::boolean OR reason <> '';

    -- A reason is what somebody wrote, and may name anybody: it is kept where it can be scrubbed.
    INSERT INTO platform_audit_entry (
        actor_kind, actor_id, action, model, subject_id, words, parent_model, parent_id, person_id, before, after,
        reason, request_id, path, origin_id
    ) VALUES (
        said ->> 'actor_kind', said ->> 'actor_id',
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        rule ->> 'model', kept ->> (rule ->> 'pk'),
        CASE WHEN (rule ->> 'names_people')::boolean THEN '' ELSE coalesce(old_words, '') END,
        coalesce(rule ->> 'parent_model', ''), coalesce(kept ->> (rule ->> 'parent'), ''), person,
        zuka_audit_shown(old_row, differing, hidden, personal), zuka_audit_shown(new_row, differing, hidden, personal),
        '',
        said ->> 'request_id', said ->> 'path', zuka_audit_origin(said)
    ) RETURNING id INTO entry;
    IF is_personal THEN
        INSERT INTO platform_audit_personal (entry_id, person_id, words, before, after, reason) VALUES (
            entry, person, CASE WHEN (rule ->> 'names_people')::boolean THEN coalesce(old_words, '') ELSE '' END,
            zuka_audit_picked(old_row, personal), zuka_audit_picked(new_row, personal), reason
        );
    END IF;
    RETURN NULL;
END $$

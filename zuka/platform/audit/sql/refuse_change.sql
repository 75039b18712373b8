-- Entries stay as they were written; what names a person can be taken away, whole and once.
CREATE OR REPLACE FUNCTION zuka_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the audit log are never changed or deleted: they go with their month, by retention'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION zuka_audit_only_scrub() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    empty jsonb := '{"words": "", "reason": "", "ip": "", "user_agent": "", "before": {}, "after": {}}';
    scrubbed jsonb := to_jsonb(OLD) || jsonb_build_object('scrubbed_at', to_jsonb(NEW) -> 'scrubbed_at');
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['words', 'reason', 'ip', 'user_agent', 'before', 'after'] LOOP
        IF scrubbed ? name THEN
            scrubbed := scrubbed || jsonb_build_object(name, empty -> name);
        END IF;
    END LOOP;
    IF OLD.scrubbed_at IS NOT NULL OR NEW.scrubbed_at IS NULL OR to_jsonb(NEW) IS DISTINCT FROM scrubbed THEN
        RAISE EXCEPTION 'what the audit log says of a person can be scrubbed, and not changed otherwise'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$

CREATE OR REPLACE FUNCTION zuka_mark_refund_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(refunded_at), 'refunds' FROM changed WHERE refunded_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zuka_refunds_inserted AFTER INSERT ON commerce_refund
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_refund_days();
CREATE OR REPLACE TRIGGER zuka_refunds_before AFTER UPDATE ON commerce_refund
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_refund_days();
CREATE OR REPLACE TRIGGER zuka_refunds_updated AFTER UPDATE ON commerce_refund
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_refund_days();
CREATE OR REPLACE TRIGGER zuka_refunds_deleted AFTER DELETE ON commerce_refund
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_refund_days();

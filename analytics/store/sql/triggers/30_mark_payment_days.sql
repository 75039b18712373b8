CREATE OR REPLACE FUNCTION zuka_mark_payment_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(moment), 'payments'
    FROM changed
    JOIN commerce_order ON commerce_order.id = changed.order_id
    CROSS JOIN unnest(ARRAY[changed.captured_at, commerce_order.placed_at]) AS moment
    WHERE changed.captured_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zuka_payments_inserted AFTER INSERT ON commerce_payment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_payment_days();
CREATE OR REPLACE TRIGGER zuka_payments_before AFTER UPDATE ON commerce_payment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_payment_days();
CREATE OR REPLACE TRIGGER zuka_payments_updated AFTER UPDATE ON commerce_payment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_payment_days();
CREATE OR REPLACE TRIGGER zuka_payments_deleted AFTER DELETE ON commerce_payment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_payment_days();

-- Money shared among visits says what each has since the day before (rollups/order_attributions.sql), so the days on which
-- other money of these orders moved are marked too.
CREATE OR REPLACE FUNCTION zuka_mark_payment_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(moment), 'payments'
    FROM (
        SELECT unnest(ARRAY[changed.captured_at, commerce_order.placed_at]) AS moment
        FROM changed JOIN commerce_order ON commerce_order.id = changed.order_id
        WHERE changed.captured_at IS NOT NULL
        UNION ALL
        SELECT unnest(ARRAY[commerce_payment.captured_at, commerce_refund.refunded_at])
        FROM changed
        JOIN commerce_payment ON commerce_payment.order_id = changed.order_id
        LEFT JOIN commerce_refund ON commerce_refund.payment_id = commerce_payment.id
        WHERE changed.captured_at IS NOT NULL
    ) AS moments
    WHERE moment IS NOT NULL;
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

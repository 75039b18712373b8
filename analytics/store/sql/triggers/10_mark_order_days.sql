-- The ledger marks its days for counting by itself, so revenue is right even where an event was lost (decision 25).
CREATE OR REPLACE FUNCTION zuka_mark_order_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(moment), 'orders'
    FROM (
        SELECT unnest(ARRAY[placed_at, paid_at, delivered_at]) AS moment FROM changed
        UNION ALL
        SELECT unnest(ARRAY[commerce_payment.captured_at, commerce_refund.refunded_at])
        FROM changed
        JOIN commerce_payment ON commerce_payment.order_id = changed.id
        LEFT JOIN commerce_refund ON commerce_refund.payment_id = commerce_payment.id
    ) AS moments
    WHERE moment IS NOT NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zuka_orders_inserted AFTER INSERT ON commerce_order
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_order_days();
CREATE OR REPLACE TRIGGER zuka_orders_before AFTER UPDATE ON commerce_order
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_order_days();
CREATE OR REPLACE TRIGGER zuka_orders_updated AFTER UPDATE ON commerce_order
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_order_days();
CREATE OR REPLACE TRIGGER zuka_orders_deleted AFTER DELETE ON commerce_order
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_order_days();

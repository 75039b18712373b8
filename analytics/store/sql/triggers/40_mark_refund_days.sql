-- With the days on which other money of these orders moved, as for payments.
CREATE OR REPLACE FUNCTION zuka_mark_refund_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(moment), 'refunds'
    FROM (
        SELECT refunded_at AS moment FROM changed
        UNION ALL
        SELECT unnest(ARRAY[other.captured_at, commerce_refund.refunded_at])
        FROM changed
        JOIN commerce_payment AS refunded ON refunded.id = changed.payment_id
        JOIN commerce_payment AS other ON other.order_id = refunded.order_id
        LEFT JOIN commerce_refund ON commerce_refund.payment_id = other.id
        WHERE changed.refunded_at IS NOT NULL
    ) AS moments
    WHERE moment IS NOT NULL;
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

-- What comes back changes what is left of the day on which it was ordered. Its lines are inspected before its
-- state says so.
CREATE OR REPLACE FUNCTION zuka_mark_return_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(commerce_order.placed_at), 'returns'
    FROM commerce_order JOIN changed ON changed.order_id = commerce_order.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zuka_returns_inserted AFTER INSERT ON commerce_return
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_return_days();
CREATE OR REPLACE TRIGGER zuka_returns_updated AFTER UPDATE ON commerce_return
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_return_days();
CREATE OR REPLACE TRIGGER zuka_returns_deleted AFTER DELETE ON commerce_return
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_return_days();

CREATE OR REPLACE FUNCTION zuka_mark_line_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(commerce_order.placed_at), 'order lines'
    FROM commerce_order JOIN changed ON changed.order_id = commerce_order.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zuka_lines_inserted AFTER INSERT ON commerce_order_line
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_line_days();
CREATE OR REPLACE TRIGGER zuka_lines_updated AFTER UPDATE ON commerce_order_line
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_line_days();
CREATE OR REPLACE TRIGGER zuka_lines_deleted AFTER DELETE ON commerce_order_line
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_line_days();

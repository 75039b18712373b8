-- What arrives or is refused changes what is left of the day on which it was ordered. A parcel's lines are written
-- with it, and change no more.
CREATE OR REPLACE FUNCTION zuka_mark_parcel_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT zuka_local_day(commerce_order.placed_at), 'parcels'
    FROM commerce_order JOIN changed ON changed.order_id = commerce_order.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER zuka_parcels_inserted AFTER INSERT ON commerce_shipment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_parcel_days();
CREATE OR REPLACE TRIGGER zuka_parcels_updated AFTER UPDATE ON commerce_shipment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_parcel_days();
CREATE OR REPLACE TRIGGER zuka_parcels_deleted AFTER DELETE ON commerce_shipment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION zuka_mark_parcel_days();

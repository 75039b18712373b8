"""Ledgers that are only added to let an erasure put a random id where a person's was; amounts stay as they are."""

from django.db import migrations

POINTS = """
CREATE OR REPLACE FUNCTION zuka_refuse_points_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people text[] := ARRAY['user_id', 'actor_id', 'note', 'source_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('zuka.erasing', true) = 'on'
        AND to_jsonb(NEW) - people = to_jsonb(OLD) - people THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'changes of points are never changed or deleted: write another one'
        USING ERRCODE = 'restrict_violation';
END $$;
"""
STOCK = """
CREATE OR REPLACE FUNCTION zuka_refuse_stock_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people text[] := ARRAY['actor_id', 'note'];
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('zuka.erasing', true) = 'on'
        AND to_jsonb(NEW) - people = to_jsonb(OLD) - people THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'stock movements are never changed or deleted: write another one'
        USING ERRCODE = 'restrict_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION zuka_refuse_points_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of points are never changed or deleted: write another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION zuka_refuse_stock_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock movements are never changed or deleted: write another one'
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    """The two functions, by which the triggers of before refuse."""

    dependencies = [("commerce", "0058_leases")]

    operations = [migrations.RunSQL(POINTS + STOCK, BEFORE)]

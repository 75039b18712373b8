"""The sizes and colours of a product beside what it is searched by, so that filters are counted without its variants."""

import django.contrib.postgres.fields
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION commerce_index_choices(ids bigint[]) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    -- Held first: of two who change variants of one product, the second reads what the first has written.
    PERFORM FROM commerce_product_search WHERE product_id = ANY (ids) ORDER BY product_id FOR NO KEY UPDATE;
    UPDATE commerce_product_search AS search
    SET sizes = fresh.sizes, colours = fresh.colours
    FROM (
        SELECT
            product.id,
            ARRAY(
                SELECT DISTINCT size::text FROM commerce_product_variant
                WHERE product_id = product.id AND active AND size <> '' ORDER BY 1
            ) AS sizes,
            ARRAY(
                SELECT DISTINCT colour::text FROM commerce_product_variant
                WHERE product_id = product.id AND active AND colour <> '' ORDER BY 1
            ) AS colours
        FROM unnest(ids) AS product (id)
    ) AS fresh
    WHERE search.product_id = fresh.id
        AND (search.sizes, search.colours) IS DISTINCT FROM (fresh.sizes, fresh.colours);
END
$$;
CREATE FUNCTION commerce_index_touched_choices() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_choices(ARRAY(SELECT DISTINCT product_id FROM touched));
    RETURN NULL;
END
$$;
CREATE FUNCTION commerce_index_changed_choices() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_choices(ARRAY[OLD.product_id, NEW.product_id]);
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION commerce_index_new_products() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_products(ARRAY(SELECT id FROM fresh));
    -- One statement may make products with their variants, whose trigger may have come first.
    PERFORM commerce_index_choices(ARRAY(SELECT id FROM fresh));
    RETURN NULL;
END
$$;
"""
DROP_FUNCTIONS = """
CREATE OR REPLACE FUNCTION commerce_index_new_products() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_products(ARRAY(SELECT id FROM fresh));
    RETURN NULL;
END
$$;
DROP FUNCTION commerce_index_changed_choices();
DROP FUNCTION commerce_index_touched_choices();
DROP FUNCTION commerce_index_choices(bigint[]);
"""

# What orders change, the stock, wakes none of these.
TRIGGERS = """
CREATE TRIGGER commerce_variant_indexed_new AFTER INSERT ON commerce_product_variant
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION commerce_index_touched_choices();
CREATE TRIGGER commerce_variant_indexed_gone AFTER DELETE ON commerce_product_variant
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION commerce_index_touched_choices();
CREATE TRIGGER commerce_variant_indexed AFTER UPDATE OF size, colour, active, product_id ON commerce_product_variant
    FOR EACH ROW
    WHEN (
        (OLD.size, OLD.colour, OLD.active, OLD.product_id)
        IS DISTINCT FROM (NEW.size, NEW.colour, NEW.active, NEW.product_id)
    )
    EXECUTE FUNCTION commerce_index_changed_choices();
"""
DROP_TRIGGERS = """
DROP TRIGGER commerce_variant_indexed ON commerce_product_variant;
DROP TRIGGER commerce_variant_indexed_gone ON commerce_product_variant;
DROP TRIGGER commerce_variant_indexed_new ON commerce_product_variant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0026_staff_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='productsearch',
            name='colours',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='productsearch',
            name='sizes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], default=list, size=None),
        ),
        migrations.RunSQL(FUNCTIONS, reverse_sql=DROP_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, reverse_sql=DROP_TRIGGERS),
    ]

"""What the catalogue is searched by, what goes with what, and votes for reviews."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

# Unaccented and stemmed; no stop words, for a brand may be called "The Own".
CONFIGURATION = """
CREATE TEXT SEARCH DICTIONARY zuka_stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION zuka (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION zuka
    ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH unaccent, zuka_stem;
"""
DROP_CONFIGURATION = """
DROP TEXT SEARCH CONFIGURATION zuka;
DROP TEXT SEARCH DICTIONARY zuka_stem;
"""

# One path for all: by triggers, and for the rows that are there already (0013).
FUNCTION = """
CREATE FUNCTION commerce_index_products(ids bigint[]) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO commerce_product_search (product_id, words, vector)
    SELECT
        product.id,
        ARRAY(
            SELECT DISTINCT word
            FROM regexp_split_to_table(
                lower(unaccent(concat_ws(' ', product.name, brand.name, tags.text, aisle.text))), '[^[:alnum:]]+'
            ) AS word
            WHERE length(word) BETWEEN 3 AND 40
            ORDER BY word
        ),
        setweight(to_tsvector('zuka', product.name), 'A')
        || setweight(to_tsvector('zuka', concat_ws(' ', brand.name, tags.text)), 'B')
        || setweight(to_tsvector('zuka', aisle.text), 'C')
        || setweight(to_tsvector('zuka', product.short_description), 'D')
    FROM commerce_product AS product
    LEFT JOIN commerce_brand AS brand ON brand.id = product.brand_id
    CROSS JOIN LATERAL (
        SELECT left(string_agg(tag, ' '), 2000) AS text FROM jsonb_array_elements_text(product.tags) AS tag
    ) AS tags
    CROSS JOIN LATERAL (
        WITH RECURSIVE above AS (
            SELECT name, parent_id FROM commerce_category WHERE id = product.category_id
            UNION
            SELECT category.name, category.parent_id
            FROM commerce_category AS category JOIN above ON category.id = above.parent_id
        )
        SELECT concat_ws(' ', string_agg(name, ' '), nullif(product.gender, 'unisex')) AS text FROM above
    ) AS aisle
    WHERE product.id = ANY (ids)
    ORDER BY product.id
    ON CONFLICT (product_id) DO UPDATE SET words = excluded.words, vector = excluded.vector
$$;
"""

TRIGGERS = """
CREATE FUNCTION commerce_index_new_products() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_products(ARRAY(SELECT id FROM fresh));
    RETURN NULL;
END
$$;
CREATE FUNCTION commerce_index_changed_products() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT fresh.id FROM fresh JOIN stale ON stale.id = fresh.id
        WHERE (stale.name, stale.short_description, stale.tags, stale.gender, stale.brand_id, stale.category_id)
            IS DISTINCT FROM
            (fresh.name, fresh.short_description, fresh.tags, fresh.gender, fresh.brand_id, fresh.category_id)
    );
BEGIN
    IF cardinality(changed) > 0 THEN
        PERFORM commerce_index_products(changed);
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION commerce_index_brand() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_products(ARRAY(SELECT id FROM commerce_product WHERE brand_id = NEW.id));
    RETURN NULL;
END
$$;
CREATE FUNCTION commerce_index_category() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM commerce_index_products(ARRAY(
        WITH RECURSIVE below AS (
            SELECT NEW.id AS id
            UNION
            SELECT category.id FROM commerce_category AS category JOIN below ON category.parent_id = below.id
        )
        SELECT product.id FROM commerce_product AS product JOIN below ON product.category_id = below.id
    ));
    RETURN NULL;
END
$$;
CREATE TRIGGER commerce_product_indexed_new AFTER INSERT ON commerce_product
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION commerce_index_new_products();
CREATE TRIGGER commerce_product_indexed AFTER UPDATE ON commerce_product
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION commerce_index_changed_products();
CREATE TRIGGER commerce_brand_indexed AFTER UPDATE OF name ON commerce_brand
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION commerce_index_brand();
CREATE TRIGGER commerce_category_indexed AFTER UPDATE OF name, parent_id ON commerce_category
    FOR EACH ROW WHEN ((OLD.name, OLD.parent_id) IS DISTINCT FROM (NEW.name, NEW.parent_id))
    EXECUTE FUNCTION commerce_index_category();
"""
DROP_TRIGGERS = """
DROP TRIGGER commerce_category_indexed ON commerce_category;
DROP TRIGGER commerce_brand_indexed ON commerce_brand;
DROP TRIGGER commerce_product_indexed ON commerce_product;
DROP TRIGGER commerce_product_indexed_new ON commerce_product;
DROP FUNCTION commerce_index_category();
DROP FUNCTION commerce_index_brand();
DROP FUNCTION commerce_index_changed_products();
DROP FUNCTION commerce_index_new_products();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0010_account_indexes'),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATION, reverse_sql=DROP_CONFIGURATION),
        migrations.AddField(
            model_name='productreview',
            name='helpful_count',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name='found helpful'),
        ),
        migrations.CreateModel(
            name='ProductSearch',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search', serialize=False, to='commerce.product')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('vector', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'db_table': 'commerce_product_search',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='product_search_vector')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.TextField(primary_key=True, serialize=False)),
                ('products', models.PositiveIntegerField()),
                ('near', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                'db_table': 'commerce_search_word',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['word'], name='search_word_like', opclasses=['gin_trgm_ops']), django.contrib.postgres.indexes.GinIndex(fields=['near'], name='search_word_near')],
            },
        ),
        migrations.CreateModel(
            name='RelatedProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('orders', models.PositiveIntegerField(help_text='How many orders hold both.')),
                ('counted_at', models.DateTimeField()),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.product')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='related', to='commerce.product')),
            ],
            options={
                'db_table': 'commerce_related_product',
                'constraints': [models.UniqueConstraint(fields=('product', 'other'), name='related_product_once'), models.CheckConstraint(condition=models.Q(('product', models.F('other')), _negated=True), name='related_product_not_itself')],
            },
        ),
        migrations.CreateModel(
            name='ReviewVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('voted_at', models.DateTimeField()),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='commerce.productreview')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_votes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'commerce_review_vote',
                'constraints': [models.UniqueConstraint(fields=('review', 'user'), name='review_vote_once')],
            },
        ),
        migrations.RunSQL(FUNCTION, reverse_sql="DROP FUNCTION commerce_index_products(bigint[])"),
        migrations.RunSQL(TRIGGERS, reverse_sql=DROP_TRIGGERS),
    ]

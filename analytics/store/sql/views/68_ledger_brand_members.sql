-- Whose staff somebody is: the brands that a person may see the figures of.
SELECT
    commerce_brand_member.user_id,
    commerce_brand_member.brand_id
FROM commerce_brand_member

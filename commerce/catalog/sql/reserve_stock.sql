-- Reserve pieces of one variant if there are as many.
UPDATE commerce_product_variant
SET stock_reserved = stock_reserved + %(quantity)s
WHERE id = %(id)s AND stock_on_hand >= stock_reserved + %(quantity)s

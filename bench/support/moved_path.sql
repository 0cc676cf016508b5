-- Where the product's statements look for names, so that they find the moved clock first.
SET search_path = bench, news, public, pg_catalog

SELECT tag, count(*) AS n, count(DISTINCT customer) AS customers FROM (SELECT customer, unnest(string_split(tags, ',')) AS tag FROM orders) GROUP BY tag;

SELECT id, unnest(string_split(tags, ',')) AS tag FROM orders WHERE id % 2 = 0;

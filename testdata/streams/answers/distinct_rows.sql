SELECT DISTINCT * FROM events WHERE visitor <= 'visitor 15' OR visitor IS NULL;

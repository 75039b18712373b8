SELECT count(*) FROM ({people}) AS people

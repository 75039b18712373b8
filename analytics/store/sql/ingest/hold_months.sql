-- As whoever writes events does anyhow: until the transaction ends no partition is taken out of the table.
LOCK TABLE ONLY analytics_events IN ROW EXCLUSIVE MODE

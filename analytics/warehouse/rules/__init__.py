"""The rules of translating: where a statement of PostgreSQL would say another figure in ClickHouse, or none."""

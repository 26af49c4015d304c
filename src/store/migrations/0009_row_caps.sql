-- The most rows of one table that the client may read; null where the gateway's own bound is enough.
ALTER TABLE api_keys ADD COLUMN max_rows INTEGER CHECK (max_rows > 0);

-- Tickets that were made through the gateway.
CREATE TABLE tickets (
  id           TEXT    NOT NULL PRIMARY KEY,
  tenant       TEXT    NOT NULL,
  vendor       TEXT    NOT NULL,
  account      TEXT    NOT NULL,
  ticket_id    TEXT    NOT NULL,
  ticket_uuid  TEXT,
  vin          TEXT    NOT NULL,
  connector_id TEXT    NOT NULL,
  product_ids  TEXT    NOT NULL,
  reference    TEXT,
  created_by   TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  change_seq   INTEGER NOT NULL,
  UNIQUE (tenant, vendor, account, ticket_id)
) STRICT;

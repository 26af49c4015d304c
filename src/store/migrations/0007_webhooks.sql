-- What the sender said beside the body: names and values as JSON, without secrets.
CREATE TABLE delivery_headers (
  arrival INTEGER NOT NULL PRIMARY KEY REFERENCES deliveries (arrival) ON DELETE CASCADE,
  headers TEXT    NOT NULL
) STRICT;

-- Deliveries that are handed on to a receiver of the tenant's own. They stand apart from `deliveries`, because a
-- delivery that we cannot read may well be read there.
CREATE TABLE forwards (
  arrival     INTEGER NOT NULL PRIMARY KEY REFERENCES deliveries (arrival) ON DELETE CASCADE,
  tenant      TEXT    NOT NULL,
  vendor      TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('waiting', 'taken', 'given_up')),
  note        TEXT,
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER NOT NULL
) STRICT;

CREATE INDEX forwards_waiting ON forwards (tenant, vendor, arrival, next_try_at) WHERE state = 'waiting';

-- When the vendor is asked for the status although no delivery spoke of it; null: some time after the row was last
-- seen. A new status makes it null again. Bookkeeping, no change of the row.
ALTER TABLE inspections ADD COLUMN poll_due INTEGER;
-- how often it has been asked since the last new status
ALTER TABLE inspections ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;

CREATE INDEX inspections_polled ON inspections (tenant, vendor, poll_due, seen_at) WHERE expired = 0;

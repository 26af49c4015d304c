-- What a creation is found again by, if its answer never comes; null as long as nothing was sent.
ALTER TABLE journal ADD COLUMN sought TEXT;
-- Entries that earlier versions left do not say whether anything was sent.
UPDATE journal SET state = 'unknown' WHERE state = 'in_flight';

-- Where a ticket stood when it was last seen, and when whoever saw it had asked.
ALTER TABLE tickets ADD COLUMN state TEXT;
ALTER TABLE tickets ADD COLUMN state_code INTEGER;
ALTER TABLE tickets ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;

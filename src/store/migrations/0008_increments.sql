-- When the vendor told that the inspection was deleted. The row stays, so that whoever copied it hears of it.
ALTER TABLE inspections ADD COLUMN deleted_at INTEGER;

-- what has changed since some number, without reading all else
CREATE INDEX inspections_by_change ON inspections (tenant, change_seq);
CREATE INDEX listings_by_change    ON listings (tenant, change_seq);

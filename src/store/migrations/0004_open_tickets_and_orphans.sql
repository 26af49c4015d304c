-- Which ticket is the open one, so that only its own end closes it.
ALTER TABLE vehicles ADD COLUMN open_ticket TEXT;

-- The plate in the form that is compared: an inspection without a VIN is found, and joined with its vehicle, by it.
-- `upper` knows the letters A to Z only, and the plates of some countries have three more.
ALTER TABLE inspections ADD COLUMN plate_key TEXT GENERATED ALWAYS AS (
  nullif(upper(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(license_plate,
      ' ', ''), char(160), ''), char(9), ''), '-', ''), '‐', ''), '‑', ''), '–', ''), '.', ''),
      'ä', 'Ä'), 'ö', 'Ö'), 'ü', 'Ü')), '')
) VIRTUAL;

CREATE INDEX inspections_by_plate ON inspections (tenant, plate_key, created_at, id) WHERE plate_key IS NOT NULL;

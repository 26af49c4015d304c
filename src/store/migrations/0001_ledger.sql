-- Times are milliseconds since 1970 in UTC, ids are hyphenated UUIDs, JSON is text.
-- `change_seq` is the number of the row's latest change, in commit order over the whole database.

CREATE TABLE change_sequence (
  id             INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  last           INTEGER NOT NULL,
  -- checkpoints before this time are kept for each hour only
  thinned_before INTEGER NOT NULL
) STRICT;

INSERT INTO change_sequence (id, last, thinned_before) VALUES (1, 0, 0);

-- `seq` is the last number that was given before the first change at `at`; at most one for each second.
CREATE TABLE change_checkpoints (
  at  INTEGER NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT;

CREATE TABLE inspections (
  id                   TEXT    NOT NULL PRIMARY KEY,
  tenant               TEXT    NOT NULL,
  vendor               TEXT    NOT NULL,
  account              TEXT    NOT NULL,
  environment          TEXT    NOT NULL,
  token_uid            TEXT    NOT NULL,
  vendor_token_id      TEXT,
  vendor_inspection_id TEXT,
  vendor_vehicle_id    TEXT,
  vin                  TEXT,
  license_plate        TEXT,
  locale               TEXT,
  damage_review        TEXT,
  delivery             TEXT,
  status_code          INTEGER NOT NULL,
  last_progress_status INTEGER,
  status_changed_at    INTEGER,
  created_at           INTEGER NOT NULL,
  expires_at           INTEGER,
  expired              INTEGER NOT NULL CHECK (expired IN (0, 1)),
  customer             TEXT,
  agent_id             TEXT,
  created_by           TEXT,
  seen_at              INTEGER NOT NULL,
  change_seq           INTEGER NOT NULL,
  -- when the vendor is to be asked for the status; null when nothing calls for it. Bookkeeping, no change of the row
  status_due           INTEGER,
  -- how often something has called for it: a reading that began before the latest call does not answer it
  status_calls         INTEGER NOT NULL DEFAULT 0,
  -- how many readings have failed since the latest call
  status_failures      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, vendor, account, environment, token_uid)
) STRICT;

CREATE INDEX inspections_by_token     ON inspections (tenant, token_uid);
CREATE INDEX inspections_by_vin       ON inspections (tenant, vin, created_at, id) WHERE vin IS NOT NULL;
CREATE INDEX inspections_by_vendor_id ON inspections (tenant, vendor, vendor_inspection_id)
  WHERE vendor_inspection_id IS NOT NULL;
CREATE INDEX inspections_by_age       ON inspections (tenant, created_at, id);
CREATE INDEX inspections_open         ON inspections (seen_at, id) WHERE expired = 0;
CREATE INDEX inspections_status_due   ON inspections (tenant, vendor, id, status_due) WHERE status_due IS NOT NULL;

-- `accounts` are those whose secret a delivery carried, `account` is the one it turned out to belong to. `token_uid`
-- and `vendor_inspection_id` are what it says it speaks of. `body` stands last, so that reading the rest passes it over.
CREATE TABLE deliveries (
  arrival              INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id                   TEXT    NOT NULL UNIQUE,
  tenant               TEXT    NOT NULL,
  vendor               TEXT    NOT NULL,
  accounts             TEXT    NOT NULL,
  account              TEXT,
  received_at          INTEGER NOT NULL,
  content_type         TEXT,
  state                TEXT    NOT NULL CHECK (state IN
    ('received', 'applied', 'unchanged', 'superseded', 'noted', 'unmatched', 'unreadable')),
  note                 TEXT,
  token_uid            TEXT,
  vendor_inspection_id TEXT,
  inspection_id        TEXT REFERENCES inspections (id),
  attempts             INTEGER NOT NULL,
  -- while it is `received`: not before this
  next_try_at          INTEGER NOT NULL,
  change_seq           INTEGER NOT NULL,
  body                 BLOB    NOT NULL
) STRICT;

CREATE INDEX deliveries_by_tenant     ON deliveries (tenant, arrival);
CREATE INDEX deliveries_by_inspection ON deliveries (inspection_id) WHERE inspection_id IS NOT NULL;
CREATE INDEX deliveries_by_token      ON deliveries (tenant, vendor, token_uid) WHERE token_uid IS NOT NULL;
CREATE INDEX deliveries_by_vendor_id  ON deliveries (tenant, vendor, vendor_inspection_id)
  WHERE vendor_inspection_id IS NOT NULL;
CREATE INDEX deliveries_pending       ON deliveries (tenant, vendor, arrival, next_try_at) WHERE state = 'received';
CREATE INDEX deliveries_settled       ON deliveries (received_at) WHERE state <> 'received';

-- `delivery_id` is no reference: a report outlives the delivery it came in. `arrival` is the number of the latest
-- delivery that said what the revision says.
CREATE TABLE reports (
  id            TEXT    NOT NULL PRIMARY KEY,
  tenant        TEXT    NOT NULL,
  vendor        TEXT    NOT NULL,
  account       TEXT    NOT NULL,
  inspection_id TEXT    NOT NULL REFERENCES inspections (id),
  revision      INTEGER NOT NULL,
  content_hash  TEXT    NOT NULL,
  data          TEXT    NOT NULL,
  delivery_id   TEXT,
  arrival       INTEGER,
  received_at   INTEGER NOT NULL,
  change_seq    INTEGER NOT NULL,
  UNIQUE (inspection_id, revision)
) STRICT;

CREATE TABLE listings (
  id            TEXT    NOT NULL PRIMARY KEY,
  tenant        TEXT    NOT NULL,
  vendor        TEXT    NOT NULL,
  account       TEXT    NOT NULL,
  environment   TEXT    NOT NULL,
  vendor_car_id TEXT,
  dealership    TEXT    NOT NULL,
  internal_id   TEXT    NOT NULL,
  vin           TEXT,
  license_plate TEXT,
  car           TEXT    NOT NULL,
  pushed_at     INTEGER NOT NULL,
  created_by    TEXT    NOT NULL,
  change_seq    INTEGER NOT NULL,
  UNIQUE (tenant, vendor, account, dealership, internal_id, environment)
) STRICT;

CREATE INDEX listings_by_vin ON listings (tenant, vin, pushed_at, id) WHERE vin IS NOT NULL;
CREATE INDEX listings_by_age ON listings (tenant, pushed_at, id);

-- `search` is everything that a text filter looks at, in lower case.
CREATE TABLE vehicles (
  tenant            TEXT    NOT NULL,
  vin               TEXT    NOT NULL,
  vendor            TEXT    NOT NULL,
  account           TEXT    NOT NULL,
  license_plate     TEXT,
  plate_key         TEXT,
  make              TEXT,
  model_group       TEXT,
  model             TEXT,
  variant           TEXT,
  last_serviced_at  INTEGER,
  last_activity_at  INTEGER NOT NULL,
  listed            INTEGER NOT NULL CHECK (listed IN (0, 1)),
  inspection_status INTEGER,
  has_open_ticket   INTEGER CHECK (has_open_ticket IN (0, 1)),
  search            TEXT    NOT NULL,
  change_seq        INTEGER NOT NULL,
  PRIMARY KEY (tenant, vin, vendor, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX vehicles_by_activity ON vehicles (tenant, last_activity_at, vin);
CREATE INDEX vehicles_by_plate    ON vehicles (tenant, plate_key) WHERE plate_key IS NOT NULL;
CREATE INDEX vehicles_by_change   ON vehicles (tenant, change_seq);

CREATE TABLE timeline (
  id         TEXT    NOT NULL PRIMARY KEY,
  tenant     TEXT    NOT NULL,
  vendor     TEXT    NOT NULL,
  account    TEXT    NOT NULL,
  vin        TEXT,
  subject    TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  data       TEXT    NOT NULL,
  dedupe_key TEXT    NOT NULL,
  change_seq INTEGER NOT NULL UNIQUE,
  UNIQUE (tenant, dedupe_key)
) STRICT;

CREATE INDEX timeline_by_vin        ON timeline (tenant, vin, at, change_seq) WHERE vin IS NOT NULL;
CREATE INDEX timeline_by_vin_change ON timeline (tenant, vin, change_seq) WHERE vin IS NOT NULL;
CREATE INDEX timeline_by_subject    ON timeline (tenant, subject, at, change_seq);

CREATE TABLE journal (
  tenant      TEXT    NOT NULL,
  client      TEXT    NOT NULL,
  mutation    TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  input_hash  TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('in_flight', 'done', 'unknown')),
  answer      TEXT,
  subject_id  TEXT,
  created_at  INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (tenant, client, mutation, key),
  CHECK ((state = 'done') = (answer IS NOT NULL))
) STRICT;

CREATE INDEX journal_by_age    ON journal (created_at);
CREATE INDEX journal_in_flight ON journal (created_at) WHERE state = 'in_flight';
CREATE INDEX journal_unknown   ON journal (created_at) WHERE state = 'unknown';

CREATE TABLE api_keys (
  id         TEXT    NOT NULL PRIMARY KEY,
  tenant     TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  key_sha256 BLOB    NOT NULL UNIQUE CHECK (length(key_sha256) = 32),
  scopes     TEXT    NOT NULL,
  accounts   TEXT,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE INDEX api_keys_by_tenant ON api_keys (tenant, created_at);

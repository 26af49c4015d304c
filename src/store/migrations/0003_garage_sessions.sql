-- Garages that logged in through the gateway; what opens their accounts is sealed.
CREATE TABLE garage_sessions (
  session_sha256 BLOB    NOT NULL PRIMARY KEY,
  tenant         TEXT    NOT NULL,
  client         TEXT    NOT NULL,
  vendor         TEXT    NOT NULL,
  account        TEXT    NOT NULL,
  sealed         BLOB    NOT NULL,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  last_used_at   INTEGER NOT NULL,
  ended_at       INTEGER
) STRICT;

CREATE INDEX garage_sessions_by_expiry ON garage_sessions (expires_at);

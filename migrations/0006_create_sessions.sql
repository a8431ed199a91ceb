-- migrate:up
-- Bearer tokens for reads: only their hash is kept.
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    pubkey     TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- NIP-98 events that were presented: each opens one door once.
CREATE TABLE presented_events (
    event_id   TEXT PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX presented_events_oldest_first ON presented_events (expires_at);

GRANT SELECT, INSERT, DELETE ON sessions, presented_events TO berth_marketplace;

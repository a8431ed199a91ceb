-- migrate:up
-- Reference tables: written rarely, the same on every node.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'berth_marketplace') THEN
        CREATE ROLE berth_marketplace NOLOGIN;
        GRANT berth_marketplace TO CURRENT_USER;
    END IF;
END $$;

CREATE TABLE operators (
    operator_id TEXT PRIMARY KEY
        CONSTRAINT operators_id_is_pubkey CHECK (operator_id ~ '^[0-9a-f]{64}$'),
    title       TEXT NOT NULL,
    paused      BOOLEAN NOT NULL DEFAULT false,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- `plan` is the berth.v1.Plan message; the columns beside it are what queries ask for.
CREATE TABLE plans (
    plan_id     TEXT PRIMARY KEY CONSTRAINT plans_id_is_label CHECK (plan_id ~ '^[a-z0-9-]{1,40}$'),
    operator_id TEXT NOT NULL REFERENCES operators,
    paused      BOOLEAN NOT NULL DEFAULT false,
    plan        BYTEA NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- A lane of jobs. operator_id 'marketplace' is the marketplace's own. A large operator gets more
-- lanes.
CREATE TABLE queues (
    queue_id    INTEGER PRIMARY KEY,
    operator_id TEXT NOT NULL,
    lane        INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT queues_one_per_lane UNIQUE (operator_id, lane)
);
INSERT INTO queues VALUES (1, 'marketplace', 0);

-- Append-only: every quote, credit and cost names the row that it was converted with.
CREATE TABLE price_snapshots (
    snapshot_id  TEXT PRIMARY KEY,
    asset        TEXT NOT NULL,
    price_usd_e8 NUMERIC(39, 0) NOT NULL
        CONSTRAINT price_snapshots_price_is_positive CHECK (price_usd_e8 > 0),
    source       TEXT NOT NULL,
    source_time  TIMESTAMPTZ NOT NULL,
    fetched_at   TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX price_snapshots_newest_first ON price_snapshots (asset, fetched_at DESC);

-- Claims an id that is not derived from its owner: channel, host name, wallet, deployment.
CREATE TABLE unique_keys (
    key_hash TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    owner_id TEXT NOT NULL
);

-- A restored database gets a new generation; until an operator confirms it, reconcile only reports.
CREATE TABLE installation (
    only_row   BOOLEAN PRIMARY KEY DEFAULT true
        CONSTRAINT installation_has_one_row CHECK (only_row),
    generation TEXT NOT NULL DEFAULT gen_random_uuid()::text
);
INSERT INTO installation DEFAULT VALUES;

GRANT SELECT, INSERT, UPDATE ON operators, plans, queues TO berth_marketplace;
GRANT SELECT, INSERT ON price_snapshots TO berth_marketplace;
GRANT SELECT, INSERT, DELETE ON unique_keys TO berth_marketplace;
GRANT SELECT ON installation TO berth_marketplace;

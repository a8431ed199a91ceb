-- migrate:up
-- Customer tables start their keys with customer_id; ids are hashes that contain it.
CREATE TABLE customers (
    customer_id TEXT PRIMARY KEY
        CONSTRAINT customers_id_is_pubkey CHECK (customer_id ~ '^[0-9a-f]{64}$'),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Evidence and answer of every accepted signed event: the same event gets the same bytes for ever.
CREATE TABLE signed_events (
    customer_id TEXT NOT NULL,
    event_id    TEXT NOT NULL,
    kind        INTEGER NOT NULL,
    event       TEXT NOT NULL,
    answer      BYTEA NOT NULL,
    accepted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, event_id)
);

CREATE TABLE quotes (
    quote_id           TEXT PRIMARY KEY,
    plan_id            TEXT NOT NULL,
    setup_usd_micros   BIGINT NOT NULL
        CONSTRAINT quotes_setup_is_not_negative CHECK (setup_usd_micros >= 0),
    monthly_usd_micros BIGINT NOT NULL
        CONSTRAINT quotes_price_is_positive CHECK (monthly_usd_micros > 0),
    quote              BYTEA NOT NULL,
    expires_at         TIMESTAMPTZ NOT NULL
);

-- `plan`, `due`, `facts`, `acceptance`, `failure` are berth.v1 messages as they were fixed.
CREATE TABLE orders (
    customer_id        TEXT NOT NULL,
    order_id           TEXT NOT NULL
        CONSTRAINT orders_id_is_base32 CHECK (order_id ~ '^[a-z2-7]{26}$'),
    event_id           TEXT NOT NULL,
    operator_id        TEXT NOT NULL,
    plan_id            TEXT NOT NULL,
    plan               BYTEA NOT NULL,
    state              SMALLINT NOT NULL,
    hostname           TEXT NOT NULL,
    custom_hostname    TEXT NOT NULL DEFAULT '',
    relay_name         TEXT NOT NULL DEFAULT '',
    relay_description  TEXT NOT NULL DEFAULT '',
    setup_usd_micros   BIGINT NOT NULL,
    monthly_usd_micros BIGINT NOT NULL,
    due                BYTEA NOT NULL,
    quote_expires_at   TIMESTAMPTZ NOT NULL,
    step               TEXT NOT NULL DEFAULT '',
    wallet             TEXT NOT NULL DEFAULT '',
    dseq               NUMERIC(20, 0),
    facts              BYTEA NOT NULL DEFAULT '',
    acceptance         BYTEA NOT NULL DEFAULT '',
    failure            BYTEA NOT NULL DEFAULT '',
    last_event         BIGINT NOT NULL DEFAULT 0,
    created_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
    active_at          TIMESTAMPTZ,
    paid_through       TIMESTAMPTZ,
    PRIMARY KEY (customer_id, order_id)
);
CREATE INDEX orders_newest_first ON orders (customer_id, created_at DESC, order_id DESC);
CREATE INDEX orders_by_operator ON orders (operator_id, created_at DESC, order_id DESC);
CREATE INDEX orders_by_id ON orders (order_id);
CREATE INDEX orders_unpaid_by_expiry ON orders (quote_expires_at) WHERE state = 1;
CREATE INDEX orders_served_by_end ON orders (paid_through) WHERE state IN (4, 5);

-- Numbered per order from 1 without gaps, under the order's row lock.
CREATE TABLE order_events (
    customer_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    number      BIGINT NOT NULL,
    time        TIMESTAMPTZ NOT NULL DEFAULT now(),
    state       SMALLINT NOT NULL,
    kind        TEXT NOT NULL,
    message     TEXT NOT NULL,
    details     JSONB NOT NULL DEFAULT '{}',
    PRIMARY KEY (customer_id, order_id, number)
);

CREATE TABLE sealed_secrets (
    customer_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    name        TEXT NOT NULL,
    reader      TEXT NOT NULL,
    key_id      TEXT NOT NULL DEFAULT '',
    sealed_by   TEXT NOT NULL,
    sealed      BYTEA NOT NULL,
    PRIMARY KEY (customer_id, order_id, name, reader)
);

CREATE TABLE leases (
    customer_id    TEXT NOT NULL,
    order_id       TEXT NOT NULL,
    owner          TEXT NOT NULL,
    dseq           NUMERIC(20, 0) NOT NULL,
    gseq           INTEGER NOT NULL,
    oseq           INTEGER NOT NULL,
    provider       TEXT NOT NULL,
    price_denom    TEXT NOT NULL,
    price_e18      NUMERIC(39, 0) NOT NULL,
    created_height BIGINT NOT NULL,
    state          TEXT NOT NULL,
    accrued_height BIGINT NOT NULL,
    accrued_e18    NUMERIC(39, 0) NOT NULL DEFAULT 0,
    posted_amount  NUMERIC(39, 0) NOT NULL DEFAULT 0,
    worth_e8       NUMERIC(39, 0) NOT NULL DEFAULT 0, -- Sum of posted units x price_usd_e8.
    posted_micros  BIGINT NOT NULL DEFAULT 0,
    closed_height  BIGINT,
    PRIMARY KEY (customer_id, order_id, dseq, gseq, oseq),
    CONSTRAINT leases_accrual_moves_forward CHECK (accrued_height >= created_height)
);

-- What a worker did for an order, an attempt a row.
CREATE TABLE step_logs (
    customer_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    job_id      TEXT NOT NULL,
    epoch       BIGINT NOT NULL,
    sequence    INTEGER NOT NULL,
    time        TIMESTAMPTZ NOT NULL DEFAULT now(),
    step        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    message     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (customer_id, order_id, job_id, epoch, sequence)
);

GRANT SELECT, INSERT ON
    customers, signed_events, quotes, order_events, sealed_secrets, step_logs TO berth_marketplace;
GRANT SELECT, INSERT, UPDATE ON orders, leases TO berth_marketplace;

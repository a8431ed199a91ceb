-- migrate:up
-- accepted = baseline + what was credited; credited = unapplied + held + earned.
CREATE TABLE channels (
    customer_id     TEXT NOT NULL,
    rail            TEXT NOT NULL,
    channel_id      TEXT NOT NULL,
    network         TEXT NOT NULL,
    asset           TEXT NOT NULL,
    public_key      TEXT NOT NULL,
    capacity        NUMERIC(39, 0) NOT NULL,
    redeemed        NUMERIC(39, 0) NOT NULL,
    accepted        NUMERIC(39, 0) NOT NULL,
    baseline        NUMERIC(39, 0) NOT NULL,
    unapplied       NUMERIC(39, 0) NOT NULL DEFAULT 0,
    held            NUMERIC(39, 0) NOT NULL DEFAULT 0,
    earned          NUMERIC(39, 0) NOT NULL DEFAULT 0,
    settle_delay    BIGINT NOT NULL,
    deadline        TIMESTAMPTZ,
    status          TEXT NOT NULL
        CONSTRAINT channels_status_is_known CHECK (status IN ('open', 'closing', 'closed')),
    observed_ledger BIGINT NOT NULL,
    observed_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    registered_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, rail, channel_id),
    CONSTRAINT channels_nothing_is_negative
        CHECK (unapplied >= 0 AND held >= 0 AND earned >= 0 AND redeemed >= 0 AND baseline >= 0),
    CONSTRAINT channels_credit_adds_up CHECK (accepted = baseline + unapplied + held + earned)
);

CREATE TABLE claims (
    customer_id TEXT NOT NULL,
    rail        TEXT NOT NULL,
    channel_id  TEXT NOT NULL,
    cumulative  NUMERIC(39, 0) NOT NULL,
    credited    NUMERIC(39, 0) NOT NULL CONSTRAINT claims_credit_is_positive CHECK (credited > 0),
    signature   TEXT NOT NULL,
    order_id    TEXT NOT NULL DEFAULT '',
    event_id    TEXT NOT NULL,
    accepted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, rail, channel_id, cumulative)
);
CREATE INDEX claims_newest_first ON claims (customer_id, accepted_at DESC);

-- One hold an order: `held` until the report is accepted, then `deferred`; `released` when it
-- failed.
CREATE TABLE holds (
    customer_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    rail        TEXT NOT NULL,
    channel_id  TEXT NOT NULL,
    asset       TEXT NOT NULL,
    amount      NUMERIC(39, 0) NOT NULL CONSTRAINT holds_amount_is_positive CHECK (amount > 0),
    usd_micros  BIGINT NOT NULL,
    snapshot_id TEXT NOT NULL,
    state       TEXT NOT NULL
        CONSTRAINT holds_state_is_known CHECK (state IN ('held', 'deferred', 'released')),
    PRIMARY KEY (customer_id, order_id)
);

GRANT SELECT, INSERT, UPDATE ON channels, holds TO berth_marketplace;
GRANT SELECT, INSERT ON claims TO berth_marketplace;

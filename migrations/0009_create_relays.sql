-- migrate:up
-- Relays whose users pay for publishing. A key is bound to an order by the owner's signed event;
-- `unique_keys` holds key -> relay and destination tag -> relay.
CREATE TABLE relays (
    customer_id     TEXT NOT NULL,
    order_id        TEXT NOT NULL,
    relay_key       TEXT NOT NULL
        CONSTRAINT relays_key_is_pubkey CHECK (relay_key ~ '^[0-9a-f]{64}$'),
    destination_tag BIGINT NOT NULL
        CONSTRAINT relays_tag_is_32_bits CHECK (destination_tag BETWEEN 1 AND 4294967295),
    registered_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, order_id)
);

-- Channels of a relay's users: accepted = baseline + credited, and all that is credited is payable
-- to the owner.
CREATE TABLE relay_channels (
    customer_id     TEXT NOT NULL,
    order_id        TEXT NOT NULL,
    rail            TEXT NOT NULL,
    channel_id      TEXT NOT NULL,
    network         TEXT NOT NULL,
    asset           TEXT NOT NULL,
    public_key      TEXT NOT NULL,
    capacity        NUMERIC(39, 0) NOT NULL,
    redeemed        NUMERIC(39, 0) NOT NULL,
    accepted        NUMERIC(39, 0) NOT NULL,
    baseline        NUMERIC(39, 0) NOT NULL,
    credited        NUMERIC(39, 0) NOT NULL DEFAULT 0,
    nonce           NUMERIC(20, 0) NOT NULL DEFAULT 0,
    observed_ledger BIGINT NOT NULL,
    observed_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, order_id, rail, channel_id),
    CONSTRAINT relay_channels_nothing_is_negative
        CHECK (credited >= 0 AND redeemed >= 0 AND baseline >= 0 AND nonce >= 0),
    CONSTRAINT relay_channels_credit_adds_up CHECK (accepted = baseline + credited)
);

CREATE TABLE relay_claims (
    customer_id     TEXT NOT NULL,
    order_id        TEXT NOT NULL,
    rail            TEXT NOT NULL,
    channel_id      TEXT NOT NULL,
    cumulative      NUMERIC(39, 0) NOT NULL,
    nonce           NUMERIC(20, 0) NOT NULL,
    credited        NUMERIC(39, 0) NOT NULL
        CONSTRAINT relay_claims_credit_is_positive CHECK (credited > 0),
    accepted_before NUMERIC(39, 0) NOT NULL,
    signature       TEXT NOT NULL,
    author          TEXT NOT NULL,
    event_id        TEXT NOT NULL,
    accepted_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, order_id, rail, channel_id, cumulative)
);

-- What a relay says that it took by a verifier of its own: told to its owner, in no account.
CREATE TABLE relay_revenues (
    customer_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    asset       TEXT NOT NULL,
    received    NUMERIC(39, 0) NOT NULL
        CONSTRAINT relay_revenues_is_not_negative CHECK (received >= 0),
    reported_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, order_id, asset)
);

GRANT SELECT, INSERT, UPDATE ON relays, relay_channels, relay_revenues TO berth_marketplace;
GRANT SELECT, INSERT ON relay_claims TO berth_marketplace;

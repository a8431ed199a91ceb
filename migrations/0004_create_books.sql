-- migrate:up
-- Double entry: a row is one debit and one credit of the same amount, so the books balance by
-- construction. Append-only by missing grants; a reversal is a new row. entry_id is a hash over
-- customer, order, kind and period: posting the same thing twice is a conflict, not a second row.
CREATE TABLE entries (
    customer_id TEXT NOT NULL,
    entry_id    TEXT NOT NULL,
    order_id    TEXT NOT NULL DEFAULT '',
    operator_id TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL,
    debit       TEXT NOT NULL,
    credit      TEXT NOT NULL,
    asset       TEXT NOT NULL,
    amount      NUMERIC(39, 0) NOT NULL CONSTRAINT entries_amount_is_positive CHECK (amount > 0),
    usd_micros  BIGINT NOT NULL,
    snapshot_id TEXT NOT NULL DEFAULT '',
    period_from TIMESTAMPTZ,
    period_to   TIMESTAMPTZ,
    month       TEXT NOT NULL CONSTRAINT entries_month_is_utc CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, entry_id),
    CONSTRAINT entries_move_between_accounts CHECK (debit <> credit)
);
CREATE INDEX entries_newest_first ON entries (customer_id, created_at DESC, entry_id DESC);

-- Rollup, written in the transaction of its entries; recomputing it from them gives the same
-- figures.
CREATE TABLE margins (
    customer_id           TEXT NOT NULL,
    operator_id           TEXT NOT NULL,
    month                 TEXT NOT NULL,
    revenue_usd_micros    BIGINT NOT NULL DEFAULT 0,
    fee_usd_micros        BIGINT NOT NULL DEFAULT 0,
    payable_usd_micros    BIGINT NOT NULL DEFAULT 0,
    lease_cost_usd_micros BIGINT NOT NULL DEFAULT 0,
    other_cost_usd_micros BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_id, operator_id, month)
);

-- How far hosting of an order has been recognised: cumulative since `started`, so that rounding
-- never drifts.
CREATE TABLE recognitions (
    customer_id   TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    started       TIMESTAMPTZ NOT NULL,
    through       TIMESTAMPTZ NOT NULL,
    posted_micros BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_id, order_id),
    CONSTRAINT recognitions_move_forward CHECK (through >= started AND posted_micros >= 0)
);

GRANT SELECT, INSERT ON entries TO berth_marketplace;
GRANT SELECT, INSERT, UPDATE ON margins, recognitions TO berth_marketplace;

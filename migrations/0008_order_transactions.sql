-- migrate:up
-- Nodes without unordered transactions: each transaction then has a sequence of the account, which
-- only one transaction can ever use.
ALTER TABLE wallets ADD COLUMN unordered_refused_at TIMESTAMPTZ NOT NULL DEFAULT '-infinity';

ALTER TABLE transactions
    ADD COLUMN sequence       NUMERIC(20, 0),
    ADD COLUMN timeout_height BIGINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT transactions_ordered_ones_end_by_height
        CHECK ((sequence IS NULL) = (timeout_height = 0));
CREATE UNIQUE INDEX transactions_one_open_per_sequence
    ON transactions (operator_id, wallet, sequence)
    WHERE state = 'signed' AND sequence IS NOT NULL;

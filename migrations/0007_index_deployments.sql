-- migrate:up
-- Whose deployment a wallet has on chain; a number is drawn once for a wallet.
CREATE INDEX orders_by_deployment ON orders (wallet, dseq) WHERE dseq IS NOT NULL;

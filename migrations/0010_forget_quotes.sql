-- migrate:up
-- Quotes that ended are removed, the oldest first. No order needs its quote's row: it keeps what it
-- was quoted in `due`.
CREATE INDEX quotes_by_end ON quotes (expires_at);
GRANT DELETE ON quotes TO berth_marketplace;

-- migrate:up
-- Jobs that wait or are leased, nothing else. A lease is `leased_until` by the database's clock and
-- `epoch`; every report is fenced by the epoch.
CREATE TABLE jobs (
    queue_id      INTEGER NOT NULL,
    job_id        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    customer_id   TEXT NOT NULL DEFAULT '',
    order_id      TEXT NOT NULL DEFAULT '',
    kind          TEXT NOT NULL,
    step          TEXT NOT NULL,
    epoch         BIGINT NOT NULL DEFAULT 0,
    sequence      INTEGER NOT NULL DEFAULT 0,
    attempt       INTEGER NOT NULL DEFAULT 0,
    worker        TEXT NOT NULL DEFAULT '',
    run_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    leased_until  TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
    step_deadline TIMESTAMPTZ NOT NULL DEFAULT 'infinity',
    waiting_for   TEXT NOT NULL DEFAULT '',
    intent        TEXT NOT NULL DEFAULT '',
    trace         TEXT NOT NULL DEFAULT '',
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (queue_id, job_id),
    CONSTRAINT jobs_one_open_per_subject_and_kind UNIQUE (queue_id, subject, kind)
);
CREATE INDEX jobs_due_first ON jobs (queue_id, run_at, job_id);
CREATE INDEX jobs_overdue_first ON jobs (kind, step_deadline) WHERE step_deadline < 'infinity';

CREATE TABLE job_history (
    queue_id    INTEGER NOT NULL,
    job_id      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    epoch       BIGINT NOT NULL,
    worker      TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (queue_id, finished_at, job_id)
) PARTITION BY RANGE (finished_at);
CREATE TABLE job_history_rest PARTITION OF job_history DEFAULT;

CREATE TABLE workers (
    operator_id   TEXT NOT NULL,
    worker        TEXT NOT NULL,
    protocol      INTEGER NOT NULL,
    software      TEXT NOT NULL,
    abilities     BYTEA NOT NULL,
    registered_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    seen_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (operator_id, worker)
);

-- A wallet is leased to one worker, with an epoch of its own: only its holder signs.
CREATE TABLE wallets (
    operator_id       TEXT NOT NULL,
    address           TEXT NOT NULL,
    chain_id          TEXT NOT NULL,
    epoch             BIGINT NOT NULL DEFAULT 0,
    worker            TEXT NOT NULL DEFAULT '',
    leased_until      TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
    ready             BOOLEAN NOT NULL DEFAULT false,
    not_ready_because TEXT NOT NULL DEFAULT 'No worker has reported it yet.',
    balances          JSONB NOT NULL DEFAULT '{}',
    reported_at       TIMESTAMPTZ,
    PRIMARY KEY (operator_id, address)
);

-- A message that a step needs on chain. It is put into one transaction; into another one only when
-- the first is known not to have taken effect.
CREATE TABLE outbox_messages (
    operator_id TEXT NOT NULL,
    message_id  BIGINT GENERATED ALWAYS AS IDENTITY,
    wallet      TEXT NOT NULL,
    queue_id    INTEGER NOT NULL,
    job_id      TEXT NOT NULL,
    epoch       BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    state       TEXT NOT NULL CONSTRAINT outbox_messages_state_is_known
                CHECK (state IN ('pending', 'signed', 'committed', 'failed')),
    tx_hash     TEXT NOT NULL DEFAULT '',
    height      BIGINT NOT NULL DEFAULT 0,
    codespace   TEXT NOT NULL DEFAULT '',
    code        INTEGER NOT NULL DEFAULT 0,
    error       TEXT NOT NULL DEFAULT '',
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (operator_id, message_id)
);
CREATE INDEX outbox_messages_by_job ON outbox_messages (operator_id, job_id);
CREATE INDEX outbox_messages_to_send ON outbox_messages (operator_id, wallet, message_id)
    WHERE state = 'pending';

CREATE TABLE transactions (
    operator_id  TEXT NOT NULL,
    hash         TEXT NOT NULL,
    wallet       TEXT NOT NULL,
    wallet_epoch BIGINT NOT NULL,
    signed_bytes BYTEA NOT NULL,
    timeout      TIMESTAMPTZ NOT NULL,
    state        TEXT NOT NULL CONSTRAINT transactions_state_is_known
                 CHECK (state IN ('signed', 'committed', 'failed', 'expired')),
    fee_uakt     NUMERIC(39, 0) NOT NULL,
    height       BIGINT NOT NULL DEFAULT 0,
    codespace    TEXT NOT NULL DEFAULT '',
    code         INTEGER NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT '',
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (operator_id, hash)
);
CREATE INDEX transactions_unresolved ON transactions (operator_id, wallet) WHERE state = 'signed';

CREATE TABLE transaction_messages (
    operator_id   TEXT NOT NULL,
    hash          TEXT NOT NULL,
    message_index INTEGER NOT NULL,
    message_id    BIGINT NOT NULL,
    PRIMARY KEY (operator_id, hash, message_index)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO berth_marketplace;
GRANT SELECT, INSERT ON job_history, transaction_messages TO berth_marketplace;
GRANT SELECT, INSERT, UPDATE ON
    workers, wallets, outbox_messages, transactions TO berth_marketplace;

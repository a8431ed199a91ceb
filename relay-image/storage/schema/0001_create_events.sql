-- One row an event. `body` is the piece of its JSON from "tags" to "content", sent as it stands.
CREATE TABLE events (
    event_no   bigint GENERATED ALWAYS AS IDENTITY,
    created_at bigint NOT NULL,
    expires_at bigint,
    kind       integer NOT NULL,
    id         bytea NOT NULL,
    pubkey     bytea NOT NULL,
    sig        bytea NOT NULL,
    address    bytea,
    body       text NOT NULL,
    CONSTRAINT events_have_a_number PRIMARY KEY (event_no),
    CONSTRAINT events_id_is_a_hash CHECK (length(id) = 32),
    CONSTRAINT events_address_is_a_hash CHECK (length(address) = 32)
);
CREATE UNIQUE INDEX events_are_stored_once ON events (id);
CREATE INDEX events_by_time ON events (created_at DESC, id);
CREATE INDEX events_by_kind ON events (kind, created_at DESC, id);
CREATE INDEX events_by_author ON events (pubkey, created_at DESC, id);
CREATE INDEX events_by_author_and_kind ON events (pubkey, kind, created_at DESC, id);
CREATE INDEX events_by_address ON events (address) WHERE address IS NOT NULL;
CREATE INDEX events_that_expire ON events (expires_at) WHERE expires_at IS NOT NULL;

-- One row for each single-letter tag and value of an event. `tag` is the letter, then the value or,
-- from 32 bytes on, its SHA-256; the letter apart, equal keys mean equal values.
CREATE TABLE event_tags (
    event_no   bigint NOT NULL,
    created_at bigint NOT NULL,
    kind       integer NOT NULL,
    tag        bytea NOT NULL
);
CREATE INDEX event_tags_by_time ON event_tags (tag, created_at DESC);
CREATE INDEX event_tags_of_event ON event_tags (event_no);

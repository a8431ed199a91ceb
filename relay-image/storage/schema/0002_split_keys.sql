-- Keys of 16 bytes: the head of the SHA-256 of what migration 0001 calls `tag`.
CREATE TABLE event_keys (
    tag        uuid NOT NULL,
    created_at bigint NOT NULL,
    event_no   bigint NOT NULL,
    kind       integer NOT NULL
);
INSERT INTO event_keys (tag, created_at, event_no, kind)
SELECT encode(substring(sha256(tag) FROM 1 FOR 16), 'hex')::uuid, created_at, event_no, kind
FROM event_tags ORDER BY event_no;

-- What an author took away stays away, up to `until`. `target` is the key of the event's id (as of
-- an `e` tag), of its address (`a`), or of the author, who vanished from here (`v`, NIP-62).
CREATE TABLE event_deletions (
    target uuid NOT NULL,
    author bytea NOT NULL,
    until  bigint NOT NULL,
    CONSTRAINT event_deletions_are_noted_once PRIMARY KEY (target, author)
);
INSERT INTO event_deletions (target, author, until)
SELECT encode(substring(sha256(t.tag) FROM 1 FOR 16), 'hex')::uuid, e.pubkey,
       max(CASE get_byte(t.tag, 0) WHEN 101 THEN 9223372036854775807 ELSE t.created_at END)
FROM event_tags t JOIN events e USING (event_no)
WHERE t.kind = 5 AND get_byte(t.tag, 0) IN (97, 101) GROUP BY 1, 2;

DROP TABLE event_tags;
CREATE INDEX event_keys_by_kind_and_time ON event_keys (tag, kind, created_at DESC);
CREATE INDEX event_keys_of_event ON event_keys (event_no);

ALTER TABLE events DROP CONSTRAINT events_address_is_a_hash;
ALTER TABLE events ALTER COLUMN address TYPE uuid USING
    encode(substring(sha256('\x61'::bytea || address) FROM 1 FOR 16), 'hex')::uuid;

-- Few and narrow: an author's kinds are walked one by one, and ties of a second are sorted.
DROP INDEX events_by_time;
DROP INDEX events_by_kind;
DROP INDEX events_by_author;
DROP INDEX events_by_author_and_kind;
CREATE INDEX events_by_time ON events (created_at DESC);
CREATE INDEX events_by_kind ON events (kind, created_at DESC);
CREATE INDEX events_by_author_and_kind ON events (pubkey, kind, created_at DESC);

-- Small things that have to survive: bans, members, settings. `value` is JSON.
CREATE TABLE records (
    collection text NOT NULL,
    name       text NOT NULL,
    value      text NOT NULL,
    CONSTRAINT records_have_one_value PRIMARY KEY (collection, name)
);

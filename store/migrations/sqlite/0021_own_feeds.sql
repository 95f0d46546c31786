-- +goose Up

-- Feeds that a chat added, one "address name" a line.
ALTER TABLE chats ADD COLUMN feeds TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN own INTEGER NOT NULL DEFAULT 0;

-- What such a feed announces is a story of its own, apart from one for all at the same
-- address: a stranger's feed must not say what another outlet's story tells.
CREATE TABLE stories_by_feed (
    id        INTEGER PRIMARY KEY,
    url       TEXT    NOT NULL,             -- where it was published
    feed      TEXT    NOT NULL DEFAULT '',  -- that chats added and it is from; '': it is for all
    publisher TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    summary   TEXT    NOT NULL,
    countries TEXT    NOT NULL,             -- ISO 3166 alpha-2, space-separated
    topics    TEXT    NOT NULL,             -- space-separated
    language  TEXT    NOT NULL,             -- BCP 47
    published INTEGER NOT NULL,             -- unix seconds UTC
    builtin   INTEGER NOT NULL DEFAULT 0,
    event     TEXT    NOT NULL DEFAULT '',  -- url of the first story of the event
    seen      INTEGER NOT NULL DEFAULT 0,   -- unix seconds UTC, when it was kept
    UNIQUE (url, feed)
) STRICT;
INSERT INTO stories_by_feed (id, url, publisher, title, text, summary, countries, topics, language, published, builtin, event, seen)
    SELECT id, url, publisher, title, text, summary, countries, topics, language, published, builtin, event, seen FROM stories;
DROP TABLE stories;
ALTER TABLE stories_by_feed RENAME TO stories;
CREATE INDEX stories_by_time ON stories (published);
CREATE INDEX stories_by_event ON stories (event);
CREATE INDEX stories_by_seen ON stories (seen);

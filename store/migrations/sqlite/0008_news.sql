-- +goose Up

-- Of which event a story tells, when habar first saw it, and how each feed is doing.
ALTER TABLE stories ADD COLUMN event TEXT NOT NULL DEFAULT '';   -- url of the first story of the event
ALTER TABLE stories ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;  -- unix seconds UTC, when it was kept
UPDATE stories SET event = url, seen = published;
CREATE INDEX stories_by_event ON stories (event);
CREATE INDEX stories_by_seen ON stories (seen);

-- Stems of titles and texts, for the search.
CREATE VIRTUAL TABLE stories_stems USING fts5 (title, text, content = '', contentless_delete = 1);

CREATE TABLE feeds (
    url      TEXT    PRIMARY KEY,           -- as it is configured
    moved    TEXT    NOT NULL,              -- where it is read from since it moved for good; '' for url
    etag     TEXT    NOT NULL,
    modified TEXT    NOT NULL,              -- Last-Modified, as it was written
    tried    INTEGER NOT NULL,              -- unix seconds UTC
    success  INTEGER NOT NULL,              -- unix seconds UTC of the last good answer; 0: never
    failures INTEGER NOT NULL,              -- in a row
    error    TEXT    NOT NULL,              -- of the last try; '' when it was good
    stories  INTEGER NOT NULL               -- in the last answer that had any
) STRICT, WITHOUT ROWID;

-- What a reader wants of the news: space-separated; '' is all.
ALTER TABLE chats ADD COLUMN countries TEXT NOT NULL DEFAULT ''; -- ISO 3166 alpha-2, lower case
ALTER TABLE chats ADD COLUMN topics    TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN mute_topics TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN mute_outlets TEXT NOT NULL DEFAULT ''; -- names, a line each
ALTER TABLE chats ADD COLUMN any_language INTEGER NOT NULL DEFAULT 0; -- stories in languages other than its own too

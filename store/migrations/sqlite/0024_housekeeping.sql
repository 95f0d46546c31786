-- +goose Up

-- When a chat was last found that habar may not write to; 0: never.
ALTER TABLE chats ADD COLUMN left_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_settled ON deliveries (settled) WHERE state IN ('sent', 'failed');

-- What operators send to all chats.
CREATE TABLE broadcasts (
    id      INTEGER PRIMARY KEY,
    text    TEXT    NOT NULL,
    born    INTEGER NOT NULL,               -- unix seconds UTC
    upto    INTEGER NOT NULL DEFAULT 0,     -- rowid order: chats up to this id have theirs queued
    state   TEXT    NOT NULL                -- draft, sending, sent, cancelled
) STRICT;

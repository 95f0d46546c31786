-- +goose Up

-- Updates that were handled, so that none is handled twice after a restart.
CREATE TABLE updates (
    id INTEGER PRIMARY KEY,                 -- Telegram's update_id
    at INTEGER NOT NULL                     -- unix seconds UTC
) STRICT;
CREATE INDEX updates_by_time ON updates (at);

-- What the program itself has to remember.
CREATE TABLE notes (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

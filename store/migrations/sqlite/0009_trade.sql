-- +goose Up

ALTER TABLE facts ADD COLUMN official INTEGER NOT NULL DEFAULT 0; -- from a statistical body and not from an article
ALTER TABLE facts ADD COLUMN doubt    TEXT    NOT NULL DEFAULT ''; -- what speaks against it: sum, other

-- The trade fact of each day, the same for all readers and never again in a month.
CREATE TABLE facts_told (
    day  TEXT PRIMARY KEY,                  -- YYYY-MM-DD, of the readers
    fact INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- +goose Up

-- Which past days were read from which source, so that reading history again asks
-- for nothing twice.
CREATE TABLE days_read (
    source TEXT NOT NULL,                   -- label: "nbkr weekly"
    day    TEXT NOT NULL,                   -- YYYY-MM-DD that was asked for
    codes  TEXT NOT NULL,                   -- ISO 4217 codes that were kept, space-separated; '' for all
    PRIMARY KEY (source, day, codes)
) STRICT, WITHOUT ROWID;

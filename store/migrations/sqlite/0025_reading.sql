-- +goose Up
-- What is being read from outside: rows that are left name what was being read when a process died.
CREATE TABLE reading (
    url   TEXT PRIMARY KEY,                 -- of the feed
    begun INTEGER NOT NULL,                 -- Unix seconds
    times INTEGER NOT NULL                  -- begun in a row and never ended
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE reading;

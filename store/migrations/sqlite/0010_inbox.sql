-- Updates from when they came until they are handled. Ids that were handled stay in updates.

-- +goose Up
CREATE TABLE inbox (
    id   INTEGER PRIMARY KEY, -- Telegram update id
    body BLOB    NOT NULL,    -- JSON as it came
    at   INTEGER NOT NULL     -- Unix seconds
) STRICT;

-- +goose Down
DROP TABLE inbox;

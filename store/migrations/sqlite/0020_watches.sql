-- +goose Up

-- Words that chats wait for in the news, as they were written and as they are compared.
CREATE TABLE watches (
    id     INTEGER PRIMARY KEY,
    chat   INTEGER NOT NULL REFERENCES chats (id) ON UPDATE CASCADE ON DELETE CASCADE,
    thread INTEGER NOT NULL DEFAULT 0,
    words  TEXT    NOT NULL,
    stems  TEXT    NOT NULL,
    UNIQUE (chat, stems)
) STRICT;

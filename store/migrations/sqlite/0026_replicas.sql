-- +goose Up

-- window is a reserved word elsewhere.
ALTER TABLE alerts RENAME COLUMN window TO days;

-- Whose turn an update is: its chat, or its person.
ALTER TABLE inbox ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
UPDATE inbox SET lane = coalesce(
    json_extract(CAST(body AS TEXT), '$.message.chat.id'), json_extract(CAST(body AS TEXT), '$.edited_message.chat.id'),
    json_extract(CAST(body AS TEXT), '$.channel_post.chat.id'), json_extract(CAST(body AS TEXT), '$.callback_query.message.chat.id'),
    json_extract(CAST(body AS TEXT), '$.my_chat_member.chat.id'), 0)
WHERE json_valid(CAST(body AS TEXT));

-- What was used of something that a day has only so much of.
CREATE TABLE budgets (
    name TEXT    PRIMARY KEY,               -- summaries
    day  TEXT    NOT NULL,                  -- YYYY-MM-DD UTC
    used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

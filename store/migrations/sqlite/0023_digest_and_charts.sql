-- +goose Up

-- Parts of the digest that a chat does not want, space-separated, and how it wants charts:
-- "90d dark".
ALTER TABLE chats ADD COLUMN sections_off TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN chart TEXT NOT NULL DEFAULT '';

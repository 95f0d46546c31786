-- In a forum, the topic in which something was asked for: what comes of it goes there.

-- +goose Up
ALTER TABLE subscriptions ADD COLUMN thread INTEGER NOT NULL DEFAULT 0; -- Telegram message_thread_id; 0: the chat itself
ALTER TABLE alerts ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE deliveries DROP COLUMN thread;
ALTER TABLE alerts DROP COLUMN thread;
ALTER TABLE subscriptions DROP COLUMN thread;

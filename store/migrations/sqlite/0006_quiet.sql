-- +goose Up

-- Hours in which a reader is left alone, "22:00-07:00" in its zone; '' for none. With
-- quiet_alerts alerts are held back too.
ALTER TABLE chats ADD COLUMN quiet TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN quiet_alerts INTEGER NOT NULL DEFAULT 0;

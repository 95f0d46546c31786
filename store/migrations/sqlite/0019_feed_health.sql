-- +goose Up

-- Items of a feed's last answer that are no stories, by reason, as a JSON object; and the
-- marks of those without a day from before the feed was known, apart by a space.
ALTER TABLE feeds ADD COLUMN left_out TEXT NOT NULL DEFAULT '{}';
ALTER TABLE feeds ADD COLUMN undated TEXT NOT NULL DEFAULT '';

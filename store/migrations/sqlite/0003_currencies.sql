-- +goose Up

-- ISO 4217 codes that a reader wants to see, space-separated; '' for the region's five.
ALTER TABLE chats ADD COLUMN currencies TEXT NOT NULL DEFAULT '';

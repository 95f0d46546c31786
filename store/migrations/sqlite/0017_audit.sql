-- +goose Up

-- What is remembered of a source's last answer, and what is odd about it, as JSON.
ALTER TABLE sources ADD COLUMN audit TEXT NOT NULL DEFAULT '';

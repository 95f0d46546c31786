-- +goose Up

-- How likely the article says what a fact says, from 0 to 1; 0 for a fact that was not
-- read from prose.
ALTER TABLE facts ADD COLUMN confidence REAL NOT NULL DEFAULT 0;

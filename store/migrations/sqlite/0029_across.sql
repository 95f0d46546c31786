-- +goose Up

-- The first event that is the same one in another language; the story's own where there is none, '' where
-- nobody has looked.
ALTER TABLE stories ADD COLUMN across TEXT NOT NULL DEFAULT '';
CREATE INDEX stories_by_across ON stories (across) WHERE across <> '';

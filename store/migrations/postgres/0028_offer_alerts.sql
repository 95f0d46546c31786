-- +goose Up

-- Alerts may watch the best offer of banks and offices: kind:side or kind:side:city, '' for the
-- official rate.
ALTER TABLE alerts ADD COLUMN market TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The offer by which an alert fired, as JSON; '' for none.
ALTER TABLE firings ADD COLUMN offer TEXT NOT NULL DEFAULT '';

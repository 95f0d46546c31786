-- +goose Up

-- Alerts may watch the best offer of banks and offices: kind:side or kind:side:city, '' for the
-- official rate.
ALTER TABLE alerts ADD COLUMN market TEXT NOT NULL DEFAULT '';

-- The offer by which an alert fired, as JSON; '' for none.
ALTER TABLE firings ADD COLUMN offer TEXT NOT NULL DEFAULT '';

-- What a transfer costs on top of what is sent, in percent of it; '' where it is not known.
ALTER TABLE offers ADD COLUMN fee TEXT NOT NULL DEFAULT '';

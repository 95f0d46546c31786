-- +goose Up

-- What the source gave for the same day before, separated by spaces: a figure that it has
-- taken back is not believed again.
ALTER TABLE newest ADD COLUMN taken_back TEXT NOT NULL DEFAULT '';

-- quarantine.accepted is 1 once the doubt is over: what was held back is believed, or its
-- source has said something else since.
CREATE INDEX quarantine_by_day ON quarantine (effective);

-- History is read by the day too: /history, and acceptance of days that are past.
CREATE INDEX quotes_by_day ON quotes (effective);

-- How often what is accepted or held back has changed: what was computed of it holds as long
-- as this stands.

-- +goose Up
CREATE TABLE rate_changes (n INTEGER NOT NULL) STRICT;
INSERT INTO rate_changes (n) VALUES (0);


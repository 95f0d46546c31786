-- When a delivery was first due: due moves with every attempt, and what is too old is dropped.

-- +goose Up
ALTER TABLE deliveries ADD COLUMN born INTEGER NOT NULL DEFAULT 0; -- unix seconds UTC
UPDATE deliveries SET born = due;

-- +goose Down
ALTER TABLE deliveries DROP COLUMN born;

-- One index of what is owed, queued or being sent: to claim a delivery then changes no index.

-- +goose Up
DROP INDEX deliveries_queued;
DROP INDEX deliveries_sending;
CREATE INDEX deliveries_open ON deliveries (priority, due) WHERE state IN ('queued', 'sending');


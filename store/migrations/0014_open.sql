-- One index of what is owed, queued or being sent: to claim a delivery then changes no index.

-- +goose Up
DROP INDEX deliveries_queued;
DROP INDEX deliveries_sending;
CREATE INDEX deliveries_open ON deliveries (priority, due) WHERE state IN ('queued', 'sending');

-- +goose Down
DROP INDEX deliveries_open;
CREATE INDEX deliveries_sending ON deliveries (id) WHERE state = 'sending';
CREATE INDEX deliveries_queued ON deliveries (priority, due) WHERE state = 'queued';

-- What the program was sending when it was killed may have arrived: it is sent once more, and
-- what has left then is not sent a third time.

-- +goose Up
ALTER TABLE deliveries ADD COLUMN recovered INTEGER NOT NULL DEFAULT 0; -- 1 once the program was killed while it may have been sent
ALTER TABLE deliveries ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;     -- 1 from right before it is sent

-- +goose Down
ALTER TABLE deliveries DROP COLUMN begun;
ALTER TABLE deliveries DROP COLUMN recovered;

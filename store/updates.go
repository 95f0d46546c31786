package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// handledFor is how long it is kept that an update was handled: Telegram keeps what is not
// confirmed for a day.
const handledFor = 2 * 24 * time.Hour

// WasHandled reports whether an update was handled before.
func (db *DB) WasHandled(ctx context.Context, update int64) (bool, error) {
	var found bool
	err := db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM updates WHERE id = ?)`, update).Scan(&found)
	return found, err
}

// MarkHandled keeps that an update was handled, and forgets those of long ago.
func (db *DB) MarkHandled(ctx context.Context, update int64, now time.Time) error {
	return db.atomically(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO updates (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, update, now.Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM updates WHERE at < ?`, now.Add(-handledFor).Unix())
		return err
	})
}

// GetOrSet returns what is kept under a name, keeping first where there is nothing yet.
func (db *DB) GetOrSet(ctx context.Context, name, first string) (value string, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		err := tx.QueryRowContext(ctx, `SELECT value FROM notes WHERE name = ?`, name).Scan(&value)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		value = first
		_, err = tx.ExecContext(ctx, `INSERT INTO notes (name, value) VALUES (?, ?)`, name, first)
		return err
	})
	return value, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// rememberFor is how long a handled update is remembered: Telegram keeps what is not
// confirmed for a day.
const rememberFor = 2 * 24 * time.Hour

// Handled reports whether an update was handled before.
func (db *DB) Handled(ctx context.Context, update int64) (bool, error) {
	var found bool
	err := db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM updates WHERE id = ?)`, update).Scan(&found)
	return found, err
}

// Remember keeps that an update was handled, and forgets those of long ago.
func (db *DB) Remember(ctx context.Context, update int64, now time.Time) error {
	return db.atomically(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO updates (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, update, now.Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM updates WHERE at < ?`, now.Add(-rememberFor).Unix())
		return err
	})
}

// Note returns what is kept under a name, keeping first where there is nothing yet.
func (db *DB) Note(ctx context.Context, name, first string) (value string, err error) {
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

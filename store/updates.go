package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"habar/digest/delivery"
)

// handledFor is how long it is kept that an update was handled: Telegram keeps what is not
// confirmed for a day.
const handledFor = 2 * 24 * time.Hour

// KeepUpdates keeps updates, all or none and through a power cut, and returns the ids of those that
// it has never had before, in their order. What is done with them need not outlive a power cut: the
// mark that they were handled is lost with it, and they are handled again.
func (db *DB) KeepUpdates(ctx context.Context, now time.Time, all ...delivery.Update) (fresh []int64, err error) {
	err = db.durably(ctx, func(tx transaction) error {
		fresh = nil
		keep, err := tx.PrepareContext(ctx, `
			INSERT INTO inbox (id, body, at) SELECT ?1, ?2, ?3
			WHERE NOT EXISTS (SELECT 1 FROM updates WHERE id = ?1) ON CONFLICT DO NOTHING`)
		if err != nil {
			return err
		}
		defer keep.Close()
		for _, u := range all {
			res, err := keep.ExecContext(ctx, u.ID, u.Body, now.Unix())
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n > 0 {
				fresh = append(fresh, u.ID)
			}
		}
		return nil
	})
	return fresh, err
}

// WaitingUpdates returns what is kept and not done, by id from the one after, n at most.
func (db *DB) WaitingUpdates(ctx context.Context, after int64, n int) ([]delivery.Update, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (u delivery.Update, err error) {
		err = rows.Scan(&u.ID, &u.Body)
		return u, err
	}, `SELECT id, body FROM inbox WHERE id > ? ORDER BY id LIMIT ?`, after, n)
}

// UpdatesDone forgets updates that were handled, but for their ids, and those of long ago
// wholly.
func (db *DB) UpdatesDone(ctx context.Context, now time.Time, ids ...int64) error {
	return db.atomically(ctx, func(tx transaction) error {
		list := array(ids)
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO updates (id, at) SELECT value, ? FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`, []any{now.Unix(), list}},
			{`DELETE FROM inbox WHERE id IN (SELECT value FROM json_each(?))`, []any{list}},
			{`DELETE FROM updates WHERE at < ?`, []any{now.Add(-handledFor).Unix()}},
		} {
			if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		return nil
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

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
		keep, err := tx.PrepareContext(ctx, tx.say(keepUpdateSQL))
		if err != nil {
			return err
		}
		defer keep.Close()
		for _, u := range all {
			res, err := keep.ExecContext(ctx, u.ID, u.Body, now.Unix(), u.Lane)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if n > 0 && db.shared != nil { // another replica may have handled it while this one waited for the row
				if n, err = stillNew(ctx, tx, u.ID); err != nil {
					return err
				}
			}
			if n > 0 {
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
	}, waitingUpdatesSQL, after, n)
}

const (
	keepUpdateSQL = `INSERT INTO inbox (id, body, at, lane) SELECT $1, $2, $3, $4
		WHERE NOT EXISTS (SELECT 1 FROM updates WHERE id = $1) ON CONFLICT DO NOTHING`
	waitingUpdatesSQL = `SELECT id, body FROM inbox WHERE id > $1 ORDER BY id LIMIT $2`
)

// stillNew takes an update out again that was handled meanwhile; it returns 0 then, else 1.
func stillNew(ctx context.Context, tx transaction, id int64) (int64, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM inbox WHERE id = $1 AND EXISTS (SELECT 1 FROM updates WHERE id = $1)`, id)
	if err != nil {
		return 0, err
	}
	gone, err := res.RowsAffected()
	return 1 - gone, err
}

// RenewUpdates says that this process still has updates in hand: what it does not say that of for a
// while, another replica takes.
func (db *DB) RenewUpdates(ctx context.Context, ids ...int64) error {
	if db.shared == nil || len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	_, err := db.write.ExecContext(ctx, `UPDATE inbox SET lease = `+clock+` + `+updateLease+`
		WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND owner = {owner}`, array(ids))
	return err
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
			{`INSERT INTO updates (id, at) SELECT CAST(value AS BIGINT), $1 FROM json_each($2) WHERE true ON CONFLICT DO NOTHING`, []any{now.Unix(), list}},
			{`DELETE FROM inbox WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))`, []any{list}},
			{`DELETE FROM updates WHERE at < $1`, []any{now.Add(-handledFor).Unix()}},
		} {
			if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// BeginUpdate reports whether an update is still in this process's hand, and keeps it there; and
// whether nothing older of its lane is in another's.
func (db *DB) BeginUpdate(ctx context.Context, id, lane int64) (mine, first bool, err error) {
	if db.shared == nil {
		return true, true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	err = db.write.QueryRowContext(ctx, `UPDATE inbox SET lease = `+clock+` + `+updateLease+` WHERE id = $1 AND owner = {owner}
		RETURNING NOT EXISTS (SELECT 1 FROM inbox older WHERE older.lane = $2 AND older.id < $1 AND older.owner <> {owner})`, id, lane).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	return err == nil, first, err
}

// Set keeps a value under a name.
func (db *DB) Set(ctx context.Context, name, value string) error {
	_, err := db.write.ExecContext(ctx, `INSERT INTO notes (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// GetOrSet returns what is kept under a name, keeping first where there is nothing yet.
func (db *DB) GetOrSet(ctx context.Context, name, first string) (value string, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO notes (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, first); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT value FROM notes WHERE name = $1`, name).Scan(&value)
	})
	return value, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
)

// AddAlert saves an alert and returns it with its ID. A chat may have max alerts
// that are not done; one more is alert.ErrTooMany.
func (db *DB) AddAlert(ctx context.Context, a alert.Alert, most int) (alert.Alert, error) {
	err := db.atomically(ctx, func(tx *sql.Tx) error {
		var have int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM alerts WHERE chat = ? AND state <> 'done'`, a.Chat).Scan(&have)
		if err != nil {
			return err
		}
		if have >= most {
			return alert.ErrTooMany
		}
		return tx.QueryRowContext(ctx, `
			INSERT INTO alerts (chat, base, quote, above, level, repeat, until, state, bound, seen, created)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			a.Chat, a.Pair.Base, a.Pair.Quote, a.Above, a.Level.String(), a.Repeat, unix(a.Until), a.State,
			a.Bound().InexactFloat64(), a.Seen.String(), a.Created.Unix()).Scan(&a.ID)
	})
	return a, err
}

// Alerts returns the alerts of a chat, the latest first.
func (db *DB) Alerts(ctx context.Context, chat int64) ([]alert.Alert, error) {
	return collect(ctx, db.read, scanAlert, selectAlert+` WHERE chat = ? ORDER BY id DESC`, chat)
}

// DeleteAlert deletes an alert of a chat and reports whether it was there.
func (db *DB) DeleteAlert(ctx context.Context, chat, id int64) (bool, error) {
	res, err := db.write.ExecContext(ctx, `DELETE FROM alerts WHERE id = ? AND chat = ?`, id, chat)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// UpdateAlert keeps what change makes of an alert of a chat. It returns the alert as
// it then is, and false if the chat has no such alert.
func (db *DB) UpdateAlert(ctx context.Context, chat, id int64, change func(alert.Alert) alert.Alert) (a alert.Alert, found bool, err error) {
	err = db.atomically(ctx, func(tx *sql.Tx) error {
		all, err := collect(ctx, tx, scanAlert, selectAlert+` WHERE id = ? AND chat = ?`, id, chat)
		if err != nil || len(all) == 0 {
			return err
		}
		a, found = change(all[0]), true
		return saveStep(ctx, tx, a)
	})
	return a, found, err
}

const selectAlert = `SELECT id, chat, base, quote, above, level, repeat, until, state, seen, created, fired FROM alerts`

func scanAlert(rows *sql.Rows) (a alert.Alert, err error) {
	var until, created, fired int64
	err = rows.Scan(&a.ID, &a.Chat, &a.Pair.Base, &a.Pair.Quote, &a.Above, &a.Level, &a.Repeat, &until, &a.State, &a.Seen, &created, &fired)
	a.Until, a.Created, a.Fired = timeOf(until), timeOf(created), timeOf(fired)
	return a, err
}

// stepAlerts looks at every pair that an alert watches and steps those that its
// shown rate reaches. A rate that is stale or not live moves nothing. Pairs are read
// inside the transaction: an alert that is set meanwhile is seen or waits for the
// next verdict, but is never passed by.
func stepAlerts(ctx context.Context, tx *sql.Tx, v rates.Verdict) (queued int, err error) {
	pairs, err := watchedPairs(ctx, tx)
	if err != nil || len(pairs) == 0 {
		return 0, err
	}
	live := v.Board.Live()
	for _, p := range pairs {
		r, ok := live.Rate(p)
		if !ok || r.StaleAt(v.At) {
			continue
		}
		n, err := stepPair(ctx, tx, r, v.At)
		if err != nil {
			return queued, fmt.Errorf("alerts on %s: %w", p, err)
		}
		queued += n
	}
	return queued, nil
}

// watchedPairs jumps from pair to pair in the index, however many alerts each has.
func watchedPairs(ctx context.Context, tx *sql.Tx) ([]rates.Pair, error) {
	var pairs []rates.Pair
	for _, state := range []alert.State{alert.Armed, alert.Waiting} {
		for last := (rates.Pair{}); ; {
			err := tx.QueryRowContext(ctx, `
				SELECT base, quote FROM alerts INDEXED BY alerts_by_bound
				WHERE state = ? AND (base, quote) > (?, ?) ORDER BY base, quote LIMIT 1`,
				state, last.Base, last.Quote).Scan(&last.Base, &last.Quote)
			if errors.Is(err, sql.ErrNoRows) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("read watched pairs: %w", err)
			}
			if !slices.Contains(pairs, last) {
				pairs = append(pairs, last)
			}
		}
	}
	return pairs, nil
}

// slack widens the range scan by more than a float can be off, so that the index
// misses no alert that the exact rule would fire.
const slack = 1e-9

// stepPair asks the index for the alerts of a pair that its rate may reach and lets
// the rule in package alert decide: the float finds, the decimal judges.
func stepPair(ctx context.Context, tx *sql.Tx, r rates.Rate, now time.Time) (fired int, err error) {
	low, high := r.Value.InexactFloat64()*(1-slack), r.Value.InexactFloat64()*(1+slack)
	candidates, err := collect(ctx, tx, scanAlert, `
		`+selectAlert+` WHERE base = ?1 AND quote = ?2 AND state = 'armed' AND above = 1 AND bound <= ?4
		UNION ALL
		`+selectAlert+` WHERE base = ?1 AND quote = ?2 AND state = 'armed' AND above = 0 AND bound >= ?3
		UNION ALL
		`+selectAlert+` WHERE base = ?1 AND quote = ?2 AND state = 'waiting' AND above = 1 AND bound >= ?3
		UNION ALL
		`+selectAlert+` WHERE base = ?1 AND quote = ?2 AND state = 'waiting' AND above = 0 AND bound <= ?4`,
		r.Base, r.Pair.Quote, low, high)
	if err != nil {
		return 0, err
	}
	for _, a := range candidates {
		before := a.Seen
		next, ok := a.Step(r.Value, now)
		if next.State == a.State && !ok {
			continue
		}
		next.Seen = r.Value
		if err := saveStep(ctx, tx, next); err != nil {
			return fired, err
		}
		if !ok {
			continue
		}
		d, err := delivery.ForAlert(next, before, r)
		if err != nil {
			return fired, err
		}
		if err := queue(ctx, tx, d); err != nil {
			return fired, err
		}
		fired++
	}
	return fired, nil
}

func saveStep(ctx context.Context, tx *sql.Tx, a alert.Alert) error {
	_, err := tx.ExecContext(ctx, `UPDATE alerts SET state = ?, bound = ?, seen = ?, fired = ? WHERE id = ?`,
		a.State, a.Bound().InexactFloat64(), a.Seen.String(), unix(a.Fired), a.ID)
	return err
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func timeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

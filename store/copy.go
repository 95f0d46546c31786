package store

import (
	"context"
	"fmt"
	"time"

	"habar/digest/alert"
	"habar/digest/rates"
)

// CopyTo writes a consistent copy of the database to a file that must not be there
// yet. Others go on reading it, and writers wait.
func (db *DB) CopyTo(ctx context.Context, path string) error {
	if _, err := db.write.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("copy database to %s: %w", path, err)
	}
	return nil
}

// Rewind takes the database back to the morning of a day. It takes out and returns
// every accepted figure of that day and later, in the order of days, forgets what fired
// and what is owed, and has each alert that is not paused start anew from the first
// rate that comes. It is for copies: what it takes out is gone.
func (db *DB) Rewind(ctx context.Context, day time.Time) (later []rates.Quote, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, ratesLock); err != nil {
			return err
		}
		if later, err = collect(ctx, tx, scanQuote, `
			SELECT base, quote, source, value, effective, fetched FROM quotes
			WHERE effective >= $1 ORDER BY effective, source, base, quote`, day.Format(time.DateOnly)); err != nil {
			return err
		}
		for _, step := range []string{
			`DELETE FROM quotes WHERE effective >= $1`,
			`DELETE FROM quarantine WHERE $1 <> ''`,
			`DELETE FROM newest WHERE $1 <> ''`,
			`INSERT INTO newest (base, quote, source, value, effective, fetched)
				SELECT base, quote, source, value, effective, fetched FROM (` + newestQuotes + `) AS ordered WHERE place = 1 AND $1 <> ''`,
			`DELETE FROM firings WHERE $1 <> ''`,
			`DELETE FROM deliveries WHERE $1 <> ''`,
		} {
			if _, err := tx.ExecContext(ctx, step, day.Format(time.DateOnly)); err != nil {
				return err
			}
		}
		if err := ratesChanged(ctx, tx); err != nil {
			return err
		}
		return restart(ctx, tx)
	})
	return later, err
}

// restart has every alert that is not paused begin anew.
func restart(ctx context.Context, tx transaction) error {
	all, err := collect(ctx, tx, scanAlert, selectUnpaused)
	if err != nil {
		return err
	}
	for _, a := range all {
		a.Fired = time.Time{}
		if err := saveAlert(ctx, tx, a.Arm(alert.Reading{})); err != nil {
			return fmt.Errorf("restart alert %d: %w", a.ID, err)
		}
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"habar/digest/rates"
)

// DaysRead returns the days since from on which sources were asked for their past,
// as "label YYYY-MM-DD": for these codes or for all.
func (db *DB) DaysRead(ctx context.Context, codes []rates.Currency, from time.Time) (map[string]bool, error) {
	days, err := collect(ctx, db.read, func(rows *sql.Rows) (key string, err error) {
		err = rows.Scan(&key)
		return key, err
	}, `SELECT source || ' ' || day FROM days_read WHERE day >= ? AND codes IN ('', ?)`, from.Format(time.DateOnly), words(codes))
	if err != nil {
		return nil, fmt.Errorf("read days: %w", err)
	}
	read := make(map[string]bool, len(days))
	for _, d := range days {
		read[d] = true
	}
	return read, nil
}

// SaveHistory keeps what was accepted and held back of a past day, and that its
// sources were read: all of it, or nothing. It overwrites nothing that is known and
// moves no alert.
func (db *DB) SaveHistory(ctx context.Context, day time.Time, v rates.Verdict, sources []string, codes []rates.Currency) (kept int64, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		for _, q := range v.Accepted {
			res, err := tx.ExecContext(ctx, `
				INSERT INTO quotes (base, quote, source, effective, value, fetched) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, quoteRow(q)...)
			if err != nil {
				return fmt.Errorf("save %s of %s: %w", q.Pair, q.Source, err)
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if n == 0 {
				continue // known already
			}
			if err := keepNewest(ctx, tx, q); err != nil {
				return err
			}
			kept++
		}
		for _, r := range v.Quarantined {
			if err := insertRefusal(ctx, tx, r, v.At); err != nil {
				return fmt.Errorf("quarantine %s of %s: %w", r.Pair, r.Source, err)
			}
		}
		for _, s := range sources {
			_, err := tx.ExecContext(ctx, `INSERT INTO days_read (source, day, codes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				s, day.Format(time.DateOnly), words(codes))
			if err != nil {
				return err
			}
		}
		return ratesChanged(ctx, tx)
	})
	return kept, err
}

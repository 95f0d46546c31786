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
	}, `SELECT source || ' ' || day FROM days_read WHERE day >= $1 AND codes IN ('', $2)`, from.Format(time.DateOnly), words(codes))
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
		kept = 0
		if err := db.lead(ctx, tx, ratesLock); err != nil {
			return err
		}
		for _, q := range v.Accepted {
			isNew, err := release(ctx, tx, q)
			if err != nil {
				return fmt.Errorf("save %s of %s: %w", q.Pair, q.Source, err)
			}
			if isNew {
				kept++
			}
		}
		if err := keepDoubts(ctx, tx, v); err != nil {
			return err
		}
		for _, s := range sources {
			_, err := tx.ExecContext(ctx, `INSERT INTO days_read (source, day, codes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
				s, day.Format(time.DateOnly), words(codes))
			if err != nil {
				return err
			}
		}
		return ratesChanged(ctx, tx)
	})
	return kept, err
}

// Claims returns what live and past sources said for the days from one to another, both
// included, believed or held back, in the order of days.
func (db *DB) Claims(ctx context.Context, from, to time.Time) ([]rates.Claim, error) {
	claims, err := collect(ctx, db.read, func(rows *sql.Rows) (c rates.Claim, err error) {
		var (
			day     string
			fetched int64
		)
		if err := rows.Scan(&c.Base, &c.Pair.Quote, &c.Source, &c.Value, &day, &fetched, &c.Held); err != nil {
			return c, err
		}
		c.Fetched = time.Unix(fetched, 0).UTC()
		c.Effective, err = time.Parse(time.DateOnly, day)
		return c, err
	}, `SELECT base, quote, source, value, effective, fetched, 0 FROM quotes WHERE effective BETWEEN $1 AND $2
		UNION ALL
		SELECT base, quote, source, value, effective, fetched, 1 FROM quarantine AS held WHERE effective BETWEEN $1 AND $2
			AND NOT EXISTS (SELECT 1 FROM quotes AS q WHERE q.base = held.base AND q.quote = held.quote AND q.source = held.source
				AND q.effective = held.effective)
		ORDER BY 5`, from.Format(time.DateOnly), to.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("read what was said from %s to %s: %w", from.Format(time.DateOnly), to.Format(time.DateOnly), err)
	}
	return claims, nil
}

// SaveSettlement releases and withdraws figures of past days. It moves no alert.
func (db *DB) SaveSettlement(ctx context.Context, s rates.Settlement, now time.Time) error {
	return db.atomically(ctx, func(tx transaction) error {
		if err := db.lead(ctx, tx, ratesLock); err != nil {
			return err
		}
		for _, q := range s.Released {
			if _, err := release(ctx, tx, q); err != nil {
				return fmt.Errorf("release %s of %s: %w", q.Pair, q.Source, err)
			}
		}
		for _, r := range s.Withdrawn {
			if err := withdraw(ctx, tx, r, now); err != nil {
				return fmt.Errorf("withdraw %s of %s: %w", r.Pair, r.Source, err)
			}
		}
		return ratesChanged(ctx, tx)
	})
}

// withdraw takes a figure that later ones disprove out of history. It stays as one that was
// held back.
func withdraw(ctx context.Context, tx transaction, r rates.Refusal, now time.Time) error {
	if err := insertRefusal(ctx, tx, r, now); err != nil {
		return err
	}
	for _, step := range []string{
		`UPDATE quarantine SET accepted = 1 WHERE base = $1 AND quote = $2 AND source = $3 AND effective = $4 AND value = $5`, // nothing more is to come of it
		`DELETE FROM quotes WHERE base = $1 AND quote = $2 AND source = $3 AND effective = $4 AND $5 <> ''`,
		`DELETE FROM newest WHERE base = $1 AND quote = $2 AND source = $3 AND effective = $4 AND $5 <> ''`,
		`INSERT INTO newest (base, quote, source, value, effective, fetched)
			SELECT base, quote, source, value, effective, fetched FROM quotes
			WHERE base = $1 AND quote = $2 AND source = $3 AND $4 <> '' AND $5 <> '' ORDER BY effective DESC LIMIT 1
			ON CONFLICT DO NOTHING`,
	} {
		if _, err := tx.ExecContext(ctx, step, r.Base, r.Pair.Quote, r.Source, r.Effective.Format(time.DateOnly), rates.Plain(r.Value)); err != nil {
			return err
		}
	}
	return nil
}

// HeldBack returns what was held back of a pair, either way round, for the days after one
// up to another, the latest first.
func (db *DB) HeldBack(ctx context.Context, pair rates.Pair, after, to time.Time) ([]rates.Refusal, error) {
	return collect(ctx, db.read, scanRefusal, selectRefusal+` AS held
		WHERE (base = $1 AND quote = $2 OR base = $2 AND quote = $1) AND effective > $3 AND effective <= $4
			AND NOT EXISTS (SELECT 1 FROM quotes AS q WHERE q.base = held.base AND q.quote = held.quote AND q.source = held.source
				AND q.effective = held.effective)
		ORDER BY effective DESC, source, value`, pair.Base, pair.Quote, after.Format(time.DateOnly), to.Format(time.DateOnly))
}

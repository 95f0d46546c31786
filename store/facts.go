package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"habar/digest/trade"
)

// SaveFacts keeps facts that are new; one that the same article states again takes
// the place of the earlier. A newer article's fact stands beside the older one's.
func (db *DB) SaveFacts(ctx context.Context, facts []trade.Fact) error {
	return db.atomically(ctx, func(tx transaction) error { return saveFacts(ctx, tx, facts) })
}

func saveFacts(ctx context.Context, tx transaction, facts []trade.Fact) error {
	for _, f := range facts {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO facts (country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, date, builtin, official, doubt)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = excluded.value, unit = excluded.unit, sentence = excluded.sentence, date = excluded.date, doubt = excluded.doubt`,
			f.Country, f.Partner, f.Flow, f.Metric, f.Value.String(), f.Unit, f.Period, f.Sentence,
			f.Article.Title, f.Article.Publisher, f.Article.URL, f.Article.Date.Format(time.DateOnly), f.Builtin, f.Official, f.Doubt)
		if err != nil {
			return fmt.Errorf("save fact of %s: %w", f.Article.URL, err)
		}
	}
	return nil
}

// Facts returns every fact in which a country reports or is the partner, the latest
// article first. "" asks for all.
func (db *DB) Facts(ctx context.Context, country string) ([]trade.Fact, error) {
	return collect(ctx, db.read, scanFact, selectFact+` WHERE ?1 = '' OR country = ?1 OR partner = ?1 ORDER BY date DESC, id`, country)
}

const selectFact = `SELECT country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, date, builtin, official, doubt FROM facts`

func scanFact(rows *sql.Rows) (f trade.Fact, err error) {
	var date string
	err = rows.Scan(&f.Country, &f.Partner, &f.Flow, &f.Metric, &f.Value, &f.Unit, &f.Period, &f.Sentence,
		&f.Article.Title, &f.Article.Publisher, &f.Article.URL, &date, &f.Builtin, &f.Official, &f.Doubt)
	if err != nil {
		return f, err
	}
	f.Article.Date, err = time.Parse(time.DateOnly, date)
	return f, err
}

// FactOfDay returns the trade fact of a day, and false where there is none that was not
// told within trade.RetellDays. Whoever asks first for a day chooses it for all: the newest
// that was not told yet, else the one that was told longest ago.
func (db *DB) FactOfDay(ctx context.Context, day time.Time) (trade.Fact, bool, error) {
	f, ok, err := toldOn(ctx, db.read, day)
	if ok || err != nil {
		return f, ok, err
	}
	err = db.atomically(ctx, func(tx transaction) error {
		if f, ok, err = toldOn(ctx, tx, day); ok || err != nil {
			return err
		}
		var id int64
		err := tx.QueryRowContext(ctx, `
			SELECT f.id FROM facts f LEFT JOIN (SELECT fact, max(day) AS last FROM facts_told GROUP BY fact) t ON t.fact = f.id
			WHERE f.metric = 'value' AND f.period <> '' AND f.official = 0 AND f.doubt = ''
			  AND NOT EXISTS (SELECT 1 FROM facts_told w WHERE w.fact = f.id AND w.day > ?1 AND w.day < ?2)
			ORDER BY t.last IS NOT NULL, t.last, f.date DESC, f.id LIMIT 1`,
			day.AddDate(0, 0, -trade.RetellDays).Format(time.DateOnly), day.AddDate(0, 0, trade.RetellDays).Format(time.DateOnly)).Scan(&id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return fmt.Errorf("choose fact of %s: %w", day.Format(time.DateOnly), err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO facts_told (day, fact) VALUES (?, ?)`, day.Format(time.DateOnly), id); err != nil {
			return err
		}
		f, ok, err = toldOn(ctx, tx, day)
		return err
	})
	return f, ok, err
}

func toldOn(ctx context.Context, q querier, day time.Time) (trade.Fact, bool, error) {
	all, err := collect(ctx, q, scanFact, selectFact+` WHERE id = (SELECT fact FROM facts_told WHERE day = ?)`, day.Format(time.DateOnly))
	if err != nil || len(all) == 0 {
		return trade.Fact{}, false, err
	}
	return all[0], true, nil
}

package store

import (
	"context"
	"database/sql"
	"time"

	"habar/digest/trade"
)

// SaveFacts keeps facts that are new; one that the same article states again takes
// the place of the earlier.
func (db *DB) SaveFacts(ctx context.Context, facts []trade.Fact) error {
	return db.atomically(ctx, func(tx transaction) error {
		for _, f := range facts {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO facts (country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, date, builtin)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET value = excluded.value, unit = excluded.unit, sentence = excluded.sentence`,
				f.Country, f.Partner, f.Flow, f.Metric, f.Value.String(), f.Unit, f.Period, f.Sentence,
				f.Article.Title, f.Article.Publisher, f.Article.URL, f.Article.Date.Format(time.DateOnly), f.Builtin)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Facts returns every fact in which a country reports or is the partner, the latest
// article first. "" asks for all.
func (db *DB) Facts(ctx context.Context, country string) ([]trade.Fact, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (f trade.Fact, err error) {
		var date string
		err = rows.Scan(&f.Country, &f.Partner, &f.Flow, &f.Metric, &f.Value, &f.Unit, &f.Period, &f.Sentence,
			&f.Article.Title, &f.Article.Publisher, &f.Article.URL, &date, &f.Builtin)
		if err != nil {
			return f, err
		}
		f.Article.Date, err = time.Parse(time.DateOnly, date)
		return f, err
	}, `SELECT country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, date, builtin
		FROM facts WHERE ?1 = '' OR country = ?1 OR partner = ?1 ORDER BY date DESC, id`, country)
}

package store

import (
	"context"
	"database/sql"
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
			INSERT INTO facts (country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, date, builtin, official, doubt, confidence)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
			ON CONFLICT (country, partner, flow, metric, period, url) DO UPDATE SET value = excluded.value, unit = excluded.unit, sentence = excluded.sentence, date = excluded.date, doubt = excluded.doubt, confidence = excluded.confidence`,
			f.Country, f.Partner, f.Flow, f.Metric, f.Value.String(), f.Unit, f.Period, f.Sentence,
			f.Article.Title, f.Article.Publisher, f.Article.URL, f.Article.Date.Format(time.DateOnly), f.Builtin, f.Official, f.Doubt, f.Confidence)
		if err != nil {
			return fmt.Errorf("save fact of %s: %w", f.Article.URL, err)
		}
	}
	return nil
}

// Facts returns every fact in which a country reports or is the partner, the latest
// article first. "" asks for all.
func (db *DB) Facts(ctx context.Context, country string) ([]trade.Fact, error) {
	return collect(ctx, db.read, scanFact, selectFact+` WHERE $1 = '' OR country = $1 OR partner = $1 ORDER BY date DESC, id`, country)
}

const selectFact = `SELECT country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, date, builtin, official, doubt, confidence FROM facts`

func scanFact(rows *sql.Rows) (f trade.Fact, err error) {
	var date string
	err = rows.Scan(&f.Country, &f.Partner, &f.Flow, &f.Metric, &f.Value, &f.Unit, &f.Period, &f.Sentence,
		&f.Article.Title, &f.Article.Publisher, &f.Article.URL, &date, &f.Builtin, &f.Official, &f.Doubt, &f.Confidence)
	if err != nil {
		return f, err
	}
	f.Article.Date, err = time.Parse(time.DateOnly, date)
	return f, err
}

// FactsOfDay returns trade facts for a day, the one of the day first and behind it some to
// tell in its place; none where there is none that was not told within trade.RetellDays.
// Whoever asks first for a day chooses it for all: the newest that was not told yet, else
// the one that was told longest ago.
func (db *DB) FactsOfDay(ctx context.Context, day time.Time) (all []trade.Fact, err error) {
	if all, err = db.factsFor(ctx, db.read, day); err != nil || len(all) == 0 {
		return nil, err
	}
	if told, err := toldOn(ctx, db.read, day); err != nil || told {
		return all, err
	}
	err = db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, factsLock); err != nil {
			return err
		}
		told, err := toldOn(ctx, tx, day)
		if err != nil || told {
			return err
		}
		var id int64
		if err := tx.QueryRowContext(ctx, `SELECT f.id `+tellable+` LIMIT 1`, tellableArgs(day)...).Scan(&id); err != nil {
			return fmt.Errorf("choose fact of %s: %w", day.Format(time.DateOnly), err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO facts_told (day, fact) VALUES ($1, $2)`, day.Format(time.DateOnly), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return db.factsFor(ctx, db.read, day)
}

// maxFactsOfDay is how many facts a day has to choose from.
const maxFactsOfDay = 12

// tellable orders the facts that may be told on day ?1: that day's, then what was not told
// yet, the newest first, then what was told longest ago. One of the days around it waits.
const tellable = `
	FROM facts f LEFT JOIN (SELECT fact, max(day) AS last FROM facts_told GROUP BY fact) t ON t.fact = f.id
	WHERE f.metric = 'value' AND f.period <> '' AND NOT f.official AND f.doubt = '' AND (f.confidence = 0 OR f.confidence >= $4)
	  AND NOT EXISTS (SELECT 1 FROM facts_told w WHERE w.fact = f.id AND w.day > $2 AND w.day < $3 AND w.day <> $1)
	ORDER BY EXISTS (SELECT 1 FROM facts_told n WHERE n.fact = f.id AND n.day = $1) DESC, t.last IS NOT NULL, t.last, f.date DESC, f.id`

func tellableArgs(day time.Time) []any {
	return []any{day.Format(time.DateOnly), day.AddDate(0, 0, -trade.RetellDays).Format(time.DateOnly), day.AddDate(0, 0, trade.RetellDays).Format(time.DateOnly), trade.Sure}
}

func (db *DB) factsFor(ctx context.Context, q querier, day time.Time) ([]trade.Fact, error) {
	all, err := collect(ctx, q, scanFact, `SELECT country, partner, flow, metric, value, unit, period, sentence, title, publisher, url, f.date, builtin, official, doubt, confidence `+
		tellable+fmt.Sprintf(` LIMIT %d`, maxFactsOfDay), tellableArgs(day)...)
	if err != nil {
		return nil, fmt.Errorf("read facts for %s: %w", day.Format(time.DateOnly), err)
	}
	return all, nil
}

// toldOn reports whether the fact of a day is chosen.
func toldOn(ctx context.Context, q querier, day time.Time) (bool, error) {
	all, err := collect(ctx, q, scanFact, selectFact+` WHERE id = (SELECT fact FROM facts_told WHERE day = $1)`, day.Format(time.DateOnly))
	return len(all) > 0, err
}

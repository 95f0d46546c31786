package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"habar/digest/alert"
	"habar/digest/rates"
)

// RateChanges returns how often what is accepted or held back has changed: what was computed
// of it still holds as long as the number is the same.
func (db *DB) RateChanges(ctx context.Context) (n int64, err error) { return changesOf(ctx, db.read) }

func changesOf(ctx context.Context, q querier) (n int64, err error) {
	all, err := collect(ctx, q, func(rows *sql.Rows) (n int64, err error) { return n, rows.Scan(&n) }, `SELECT n FROM rate_changes`)
	if err != nil || len(all) == 0 {
		return 0, fmt.Errorf("read how often rates changed: %w", err)
	}
	return all[0], nil
}

func ratesChanged(ctx context.Context, tx transaction) error {
	_, err := tx.ExecContext(ctx, countRateChange)
	return err
}

const countRateChange = `UPDATE rate_changes SET n = n + 1`

// boardAt is the board as it was read after so many changes.
type boardAt struct {
	rates.Board
	changes int64
}

// Board returns the newest accepted quote of each pair and source, and what was held
// back so lately that it may still be confirmed. It is read again only when it changed.
func (db *DB) Board(ctx context.Context) (rates.Board, error) { return db.boardFrom(ctx, db.read) }

func (db *DB) boardFrom(ctx context.Context, q querier) (rates.Board, error) {
	changes, err := changesOf(ctx, q) // before the board is read: one that is newer than its number is read again
	if err != nil {
		return rates.Board{}, err
	}
	if last := db.board.Load(); last != nil && last.changes == changes {
		return last.Board, nil
	}
	board, err := readBoard(ctx, q)
	if err == nil {
		db.board.Store(&boardAt{board, changes})
	}
	return board, err
}

func readBoard(ctx context.Context, q querier) (rates.Board, error) {
	accepted, err := collect(ctx, q, scanNewest, `
		SELECT base, quote, source, value, effective, fetched, taken_back FROM newest`)
	if err != nil {
		return rates.Board{}, fmt.Errorf("read quotes: %w", err)
	}
	held, err := collect(ctx, q, scanRefusal, selectRefusal+`
		WHERE accepted = 0 AND seen > (SELECT max(seen) FROM quarantine) - $1`, int64(rates.Days(rates.QuarantineDays).Seconds()))
	if err != nil {
		return rates.Board{}, fmt.Errorf("read quarantine: %w", err)
	}
	return rates.NewBoard(accepted, open(held)), nil
}

// open returns what may still be cleared of doubt.
func open(held []rates.Refusal) []rates.Quote {
	var quotes []rates.Quote
	for _, r := range held {
		if r.Doubt.Open() {
			quotes = append(quotes, r.Quote)
		}
	}
	return quotes
}

// BoardOn returns what was accepted for a day, or of the days before it the last figure
// that still stands, where a source said nothing on that day.
func (db *DB) BoardOn(ctx context.Context, day time.Time) (rates.Board, error) {
	accepted, err := collect(ctx, db.read, scanQuote, `
		SELECT base, quote, source, value, effective, fetched FROM (`+newestQuotes+` WHERE effective BETWEEN $1 AND $2) AS ordered WHERE place = 1`,
		day.AddDate(0, 0, -rates.HoldDays).Format(time.DateOnly), day.Format(time.DateOnly))
	if err != nil {
		return rates.Board{}, fmt.Errorf("read quotes of %s: %w", day.Format(time.DateOnly), err)
	}
	return rates.NewBoard(accepted, nil), nil
}

// newestQuotes numbers the quotes of each pair and source, the newest as 1.
const newestQuotes = `SELECT base, quote, source, value, effective, fetched,
	row_number() OVER (PARTITION BY base, quote, source ORDER BY effective DESC) AS place FROM quotes`

// FirstDay returns the first day for which some source quotes both currencies of a
// pair, whichever way round, and false if none does.
func (db *DB) FirstDay(ctx context.Context, pair rates.Pair) (time.Time, bool, error) {
	var day sql.NullString
	err := db.read.QueryRowContext(ctx, `
		SELECT min(effective) FROM quotes WHERE (base = $1 AND quote = $2) OR (base = $2 AND quote = $1)`,
		pair.Base, pair.Quote).Scan(&day)
	if err != nil || !day.Valid {
		return time.Time{}, false, err
	}
	t, err := time.Parse(time.DateOnly, day.String)
	return t, err == nil, err
}

// QuoteOn returns what a source said of a pair for day or the last day before it.
func (db *DB) QuoteOn(ctx context.Context, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error) {
	return quoteOn(ctx, db.read, pair, source, day)
}

const selectQuoteOn = `SELECT base, quote, source, value, effective, fetched FROM quotes
	WHERE base = $1 AND quote = $2 AND source = $3 AND effective <= $4 ORDER BY effective DESC LIMIT 1`

func quoteOn(ctx context.Context, q querier, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error) {
	all, err := collect(ctx, q, scanQuote, selectQuoteOn,
		pair.Base, pair.Quote, source, day.Format(time.DateOnly))
	if err != nil || len(all) == 0 {
		return rates.Quote{}, false, err
	}
	return all[0], true, nil
}

// Series returns what a source said of a pair since a day, the oldest first, and
// before that the last that it said earlier, if anything.
func (db *DB) Series(ctx context.Context, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error) {
	return seriesOf(ctx, db.read, pair, source, since)
}

func seriesOf(ctx context.Context, q querier, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error) {
	return collect(ctx, q, scanQuote, `
		SELECT base, quote, source, value, effective, fetched FROM quotes
		WHERE base = $1 AND quote = $2 AND source = $3 AND effective >= coalesce(
			(SELECT max(effective) FROM quotes WHERE base = $1 AND quote = $2 AND source = $3 AND effective < $4), $4)
		ORDER BY effective`, pair.Base, pair.Quote, source, since.Format(time.DateOnly))
}

func scanNewest(rows *sql.Rows) (q rates.Quote, err error) {
	var (
		day     string
		fetched int64
	)
	if err := rows.Scan(&q.Base, &q.Pair.Quote, &q.Source, &q.Value, &day, &fetched, &q.TakenBack); err != nil {
		return q, err
	}
	q.Fetched = time.Unix(fetched, 0).UTC()
	q.Effective, err = time.Parse(time.DateOnly, day)
	return q, err
}

// selectRefusal reads what was held back, for scanRefusal.
const selectRefusal = `SELECT base, quote, source, value, effective, fetched, reason FROM quarantine`

func scanRefusal(rows *sql.Rows) (r rates.Refusal, err error) {
	var (
		day, reason string
		fetched     int64
	)
	if err := rows.Scan(&r.Base, &r.Pair.Quote, &r.Source, &r.Value, &day, &fetched, &reason); err != nil {
		return r, err
	}
	r.Fetched = time.Unix(fetched, 0).UTC()
	if err := r.Doubt.UnmarshalText([]byte(reason)); err != nil {
		return r, err
	}
	r.Effective, err = time.Parse(time.DateOnly, day)
	return r, err
}

func scanQuote(rows *sql.Rows) (q rates.Quote, err error) {
	var (
		day     string
		fetched int64
	)
	if err := rows.Scan(&q.Base, &q.Pair.Quote, &q.Source, &q.Value, &day, &fetched); err != nil {
		return q, err
	}
	q.Fetched = time.Unix(fetched, 0).UTC()
	q.Effective, err = time.Parse(time.DateOnly, day)
	return q, err
}

// SaveVerdict keeps the accepted quotes and the refused ones, steps every alert that
// the new board reaches and queues a delivery for each that fires: all of it, or
// nothing. It returns how many it queued. Saving the same verdict again queues
// nothing again.
func (db *DB) SaveVerdict(ctx context.Context, v rates.Verdict) (queued int, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		if err := db.lead(ctx, tx, ratesLock); err != nil {
			return err
		}
		queued, err = saveVerdict(ctx, tx, v)
		return err
	})
	if err != nil {
		return 0, err
	}
	return queued, nil
}

// Judge has the board judged and keeps the verdict, as SaveVerdict does: nobody else changes the
// board meanwhile. judge may be called more than once.
func (db *DB) Judge(ctx context.Context, judge func(rates.Board) rates.Verdict) (v rates.Verdict, queued int, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		if err := db.lead(ctx, tx, ratesLock); err != nil {
			return err
		}
		board, err := db.boardFrom(ctx, tx)
		if err != nil {
			return fmt.Errorf("read board: %w", err)
		}
		v = judge(board)
		queued, err = saveVerdict(ctx, tx, v)
		return err
	})
	if err != nil {
		return v, 0, err
	}
	return v, queued, nil
}

func saveVerdict(ctx context.Context, tx transaction, v rates.Verdict) (queued int, err error) {
	var corrections []rates.Correction
	for _, q := range v.Accepted {
		was, known, err := insertQuote(ctx, tx, q)
		if err != nil {
			return 0, fmt.Errorf("save %s of %s: %w", q.Pair, q.Source, err)
		}
		if known {
			corrections = append(corrections, rates.Correction{Was: was, Is: q})
		}
	}
	if err := keepDoubts(ctx, tx, v); err != nil {
		return 0, err
	}
	if len(v.Accepted)+len(v.Quarantined)+len(v.Repeated) > 0 {
		if err := ratesChanged(ctx, tx); err != nil {
			return 0, err
		}
	}
	if len(v.Accepted) == 0 {
		return 0, nil
	}
	b := newBook(tx)
	defer b.close()
	if queued, err = alert.Round(ctx, b, v.Board, v.At, corrections); err != nil {
		return 0, err
	}
	return queued, b.flush(ctx)
}

// keepDoubts keeps what a verdict holds back, releases and takes back.
func keepDoubts(ctx context.Context, tx transaction, v rates.Verdict) error {
	for _, q := range v.Released {
		if _, err := release(ctx, tx, q); err != nil {
			return fmt.Errorf("release %s of %s: %w", q.Pair, q.Source, err)
		}
	}
	for _, q := range v.Repeated {
		if _, err := tx.ExecContext(ctx, endDoubts, q.Base, q.Pair.Quote, q.Source, q.Effective.Format(time.DateOnly)); err != nil {
			return fmt.Errorf("end doubts about %s of %s: %w", q.Pair, q.Source, err)
		}
	}
	for _, r := range v.Quarantined {
		if err := insertRefusal(ctx, tx, r, v.At); err != nil {
			return fmt.Errorf("quarantine %s of %s: %w", r.Pair, r.Source, err)
		}
	}
	return nil
}

// release keeps a figure of a day for which none is kept, and reports whether it was.
func release(ctx context.Context, tx transaction, q rates.Quote) (bool, error) {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO quotes (base, quote, source, effective, value, fetched) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, quoteRow(q)...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	if err := keepNewest(ctx, tx, q); err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE quarantine SET accepted = 1 WHERE base = $1 AND quote = $2 AND source = $3 AND effective = $4 AND value = $5`,
		q.Base, q.Pair.Quote, q.Source, q.Effective.Format(time.DateOnly), rates.Plain(q.Value))
	return true, err
}

// The statements that keep an accepted quote.
const (
	selectKnown = `SELECT base, quote, source, value, effective, fetched FROM quotes
		WHERE base = $1 AND quote = $2 AND source = $3 AND effective = $4`
	keepQuote = `INSERT INTO quotes (base, quote, source, effective, value, fetched) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (base, quote, source, effective) DO UPDATE SET value = excluded.value, fetched = excluded.fetched`
	keepNewestQuote = `INSERT INTO newest (base, quote, source, effective, value, fetched, taken_back) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (base, quote, source) DO UPDATE SET effective = excluded.effective, value = excluded.value, fetched = excluded.fetched, taken_back = excluded.taken_back
		WHERE excluded.effective >= newest.effective`
	endDoubts = `UPDATE quarantine SET accepted = 1 WHERE base = $1 AND quote = $2 AND source = $3 AND effective <= $4 AND accepted = 0`
)

// insertQuote keeps an accepted quote. It returns the figure that it corrects, if its
// source has given another one for the same day.
func insertQuote(ctx context.Context, tx transaction, q rates.Quote) (was rates.Quote, corrects bool, err error) {
	known, err := collect(ctx, tx, scanQuote, selectKnown,
		q.Base, q.Pair.Quote, q.Source, q.Effective.Format(time.DateOnly))
	if err != nil {
		return was, false, err
	}
	if len(known) > 0 && !known[0].Value.Equal(q.Value) {
		was, corrects = known[0], true
	}
	return was, corrects, upsertQuote(ctx, tx, q)
}

func upsertQuote(ctx context.Context, tx transaction, q rates.Quote) error {
	if _, err := tx.ExecContext(ctx, keepQuote, quoteRow(q)...); err != nil {
		return err
	}
	if err := keepNewest(ctx, tx, q); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, endDoubts, q.Base, q.Pair.Quote, q.Source, q.Effective.Format(time.DateOnly))
	return err
}

func quoteRow(q rates.Quote) []any {
	return []any{q.Base, q.Pair.Quote, q.Source, q.Effective.Format(time.DateOnly), rates.Plain(q.Value), q.Fetched.Unix()}
}

// keepNewest makes a quote the newest of its pair and source, unless a later day is known.
func keepNewest(ctx context.Context, tx transaction, q rates.Quote) error {
	_, err := tx.ExecContext(ctx, keepNewestQuote, append(quoteRow(q), q.TakenBack)...)
	return err
}

func insertRefusal(ctx context.Context, tx transaction, r rates.Refusal, at time.Time) error {
	reason, err := r.Doubt.MarshalText()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO quarantine (base, quote, source, effective, value, fetched, seen, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (base, quote, source, effective, value) DO UPDATE SET seen = excluded.seen, reason = excluded.reason, accepted = 0`,
		r.Base, r.Pair.Quote, r.Source, r.Effective.Format(time.DateOnly), rates.Plain(r.Value), r.Fetched.Unix(), at.Unix(), string(reason))
	return err
}

// Quarantined returns what was held back and not accepted since, the latest first.
func (db *DB) Quarantined(ctx context.Context, limit int) ([]rates.Refusal, error) {
	return collect(ctx, db.read, scanRefusal, selectRefusal+`
		WHERE accepted = 0 ORDER BY seen DESC, base, quote, source LIMIT $1`, limit)
}

// auditRow is how the column audit is written.
type auditRow struct {
	Table    rates.Table     `json:"table"`
	Findings []rates.Finding `json:"findings,omitempty"`
}

// SaveSource keeps how a source answered.
func (db *DB) SaveSource(ctx context.Context, s rates.SourceState) error {
	return db.atomically(ctx, func(tx transaction) error {
		audit, err := json.Marshal(auditRow{s.Table, s.Findings})
		if err != nil {
			return err
		}
		success := int64(0)
		if s.Error == "" {
			success = s.Tried.Unix()
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO sources (name, tried, success, error, audit) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (name) DO UPDATE SET tried = $2, success = CASE WHEN $4 = '' THEN excluded.success ELSE sources.success END, error = $4, audit = $5`,
			s.Name, s.Tried.Unix(), success, s.Error, string(audit))
		return err
	})
}

// Sources returns how every source that was ever asked is doing, by name.
func (db *DB) Sources(ctx context.Context) ([]rates.SourceState, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (s rates.SourceState, err error) {
		var (
			tried, success int64
			audit          string
			row            auditRow
		)
		if err := rows.Scan(&s.Name, &tried, &success, &s.Error, &audit); err != nil {
			return s, err
		}
		if audit != "" {
			if err := json.Unmarshal([]byte(audit), &row); err != nil {
				return s, fmt.Errorf("read audit of %s: %w", s.Name, err)
			}
		}
		s.Table, s.Findings = row.Table, row.Findings
		s.Tried = time.Unix(tried, 0).UTC()
		if success > 0 {
			s.Success = time.Unix(success, 0).UTC()
		}
		return s, nil
	}, `SELECT name, tried, success, error, audit FROM sources ORDER BY name`)
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/offers"
	"habar/digest/rates"
)

// slack widens a range scan by more than a float can be off, so that the index misses
// no alert that the exact rule would fire.
const slack = 1e-9

// The statements of every round.
const (
	selectDue = selectAlert + ` WHERE due <= $1`
	// Both halves jump from gauge to gauge in their index, however many alerts each has.
	selectWatched = `
		WITH RECURSIVE
		highs (gauge) AS (
			SELECT min(gauge) FROM alerts WHERE high IS NOT NULL
			UNION ALL SELECT (SELECT min(gauge) FROM alerts WHERE high IS NOT NULL AND gauge > highs.gauge) FROM highs WHERE highs.gauge IS NOT NULL),
		lows (gauge) AS (
			SELECT min(gauge) FROM alerts WHERE low IS NOT NULL
			UNION ALL SELECT (SELECT min(gauge) FROM alerts WHERE low IS NOT NULL AND gauge > lows.gauge) FROM lows WHERE lows.gauge IS NOT NULL)
		SELECT gauge, NULL, (SELECT min(high) FROM alerts a WHERE a.gauge = highs.gauge AND high IS NOT NULL) FROM highs WHERE gauge IS NOT NULL
		UNION ALL
		SELECT gauge, (SELECT max(low) FROM alerts a WHERE a.gauge = lows.gauge AND low IS NOT NULL), NULL FROM lows WHERE gauge IS NOT NULL`
	selectReached = selectAlert + ` WHERE id IN (
		SELECT a.id FROM json_each($1) m CROSS JOIN alerts a WHERE a.gauge = m.value->>'g' AND a.high <= m.value->>'h'
		UNION ALL
		SELECT a.id FROM json_each($1) m CROSS JOIN alerts a WHERE a.gauge = m.value->>'g' AND a.low >= m.value->>'l')`
	insertFiring = `INSERT INTO firings (alert, at, side, value, ago, before, legs, offer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	selectFiring = `SELECT f.id, f.at, f.side, f.value, f.ago, f.before, f.legs, f.offer FROM firings f`

	selectFiringsSince = selectFiring + ` WHERE f.at >= $1 AND f.undone = 0 ORDER BY f.id DESC`
)

// book is the transaction of a verdict as a round of alerts sees it.
type book struct {
	tx       transaction
	nearest  map[alert.Gauge]bounds
	prepared map[string]*sql.Stmt // for this transaction: a round may run each ten thousand times
	bulk     *bulk                // nil for a file, where a row by itself costs no more
}

// bounds are the nearest ends of the quiet ranges of a gauge's alerts.
type bounds struct{ low, high sql.NullFloat64 }

func newBook(tx transaction) *book {
	b := &book{tx: tx, nearest: map[alert.Gauge]bounds{}, prepared: map[string]*sql.Stmt{}}
	if _, ok := tx.speech.(*postgres); ok {
		b.bulk = &bulk{}
	}
	return b
}

// flush writes what is held back, before anything is read.
func (b *book) flush(ctx context.Context) error {
	if b.bulk == nil {
		return nil
	}
	return b.bulk.flush(ctx, b.tx)
}

func (b *book) close() {
	for _, s := range b.prepared {
		_ = s.Close() // with its transaction it is gone anyway
	}
}

func (b *book) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := b.prepared[query]; ok {
		return s, nil
	}
	s, err := b.tx.PrepareContext(ctx, b.tx.say(query))
	if err == nil {
		b.prepared[query] = s
	}
	return s, err
}

func (b *book) exec(ctx context.Context, query string, args ...any) error {
	if b.bulk != nil && bulks[query] != "" {
		return b.bulk.hold(query, b.tx.args(args))
	}
	s, err := b.prepare(ctx, query) //nolint:sqlclosecheck // closed with the book
	if err == nil {
		_, err = s.ExecContext(ctx, b.tx.args(args)...)
	}
	return err
}

// QueryContext writes what is held back, and asks then.
func (b *book) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := b.flush(ctx); err != nil {
		return nil, err
	}
	return b.tx.QueryContext(ctx, query, args...)
}

// Due returns the alerts that time alone changes by now.
func (b *book) Due(ctx context.Context, now time.Time) ([]alert.Alert, error) {
	return collect(ctx, b, scanAlert, selectDue, now.Unix())
}

// Watched returns the gauges that alerts within reach look at.
func (b *book) Watched(ctx context.Context) (gauges []alert.Gauge, err error) {
	_, err = collect(ctx, b, func(rows *sql.Rows) (_ struct{}, err error) {
		var (
			name string
			ends bounds
		)
		if err := rows.Scan(&name, &ends.low, &ends.high); err != nil {
			return struct{}{}, err
		}
		g, err := alert.ParseGauge(name)
		if err != nil {
			return struct{}{}, err
		}
		known, seen := b.nearest[g]
		if !seen {
			gauges = append(gauges, g)
		}
		if ends.low.Valid {
			known.low = ends.low
		}
		if ends.high.Valid {
			known.high = ends.high
		}
		b.nearest[g] = known
		return struct{}{}, nil
	}, selectWatched)
	return gauges, err
}

// Reached asks the indexes for the alerts that values may change: floats find the
// candidates, the decimal rule of package alert decides.
func (b *book) Reached(ctx context.Context, values []alert.Value) ([]alert.Alert, error) {
	type mark struct {
		Gauge string  `json:"g"`
		Low   float64 `json:"l"`
		High  float64 `json:"h"`
	}
	var marks []mark
	for _, v := range values {
		f := v.Value.InexactFloat64()
		wide := slack * math.Abs(f)
		if v.Gauge.Basis != alert.OfPrice {
			wide = slack * max(1, math.Abs(f)) // a change may be 0
		}
		ends := b.nearest[v.Gauge]
		//nolint:forbidigo // it only finds candidates: the decimal rule decides
		if ends.high.Valid && ends.high.Float64 <= f+wide || ends.low.Valid && ends.low.Float64 >= f-wide {
			marks = append(marks, mark{v.Gauge.String(), f - wide, f + wide})
		}
	}
	if len(marks) == 0 {
		return nil, nil
	}
	asked, err := json.Marshal(marks)
	if err != nil {
		return nil, err
	}
	reached, err := collect(ctx, b, scanAlert, selectReached, string(asked))
	slices.SortFunc(reached, func(a, b alert.Alert) int { return cmp.Compare(a.ID, b.ID) })
	return reached, err
}

// QuoteOn returns what a source said of a pair for day or the last day before it.
func (b *book) QuoteOn(ctx context.Context, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error) {
	return quoteOn(ctx, b.tx, pair, source, day)
}

// OffersOf returns what banks and offices offer of a pair.
func (b *book) OffersOf(ctx context.Context, p rates.Pair) ([]offers.Offer, error) {
	return offersOf(ctx, b, p)
}

// Series returns what a source said of a pair since a day.
func (b *book) Series(ctx context.Context, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error) {
	return seriesOf(ctx, b.tx, pair, source, since)
}

// FiringsSince returns what fired since a moment and was not undone, the latest first.
func (b *book) FiringsSince(ctx context.Context, since time.Time) ([]alert.Firing, error) {
	return collect(ctx, b, scanFiring, selectFiringsSince, since.Unix())
}

// Alert returns one alert.
func (b *book) Alert(ctx context.Context, id int64) (alert.Alert, bool, error) {
	all, err := collect(ctx, b, scanAlert, selectAlertByID, id)
	if err != nil || len(all) == 0 {
		return alert.Alert{}, false, err
	}
	return all[0], true, nil
}

// Save keeps an alert as it now stands.
func (b *book) Save(ctx context.Context, a alert.Alert) error {
	return b.exec(ctx, saveAlertSQL, alertRow(a)...)
}

// Record keeps a firing.
func (b *book) Record(ctx context.Context, f alert.Firing) (id int64, err error) {
	before, err := json.Marshal(f.Before)
	if err != nil {
		return 0, err
	}
	legs, err := json.Marshal(f.Legs)
	if err != nil {
		return 0, err
	}
	offer := ""
	if f.Offer != nil {
		b, err := json.Marshal(f.Offer)
		if err != nil {
			return 0, err
		}
		offer = string(b)
	}
	row := []any{f.Before.ID, f.At.Unix(), f.Side, f.Value.String(), f.Reference.String(), string(before), string(legs), offer}
	if b.bulk != nil {
		if id, err = b.bulk.firing(ctx, b.tx); err != nil {
			return 0, err
		}
		return id, b.bulk.hold(insertFiring, b.tx.args(append(row, id)))
	}
	s, err := b.prepare(ctx, insertFiring) //nolint:sqlclosecheck // closed with the book
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, row...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// MarkUndone keeps that a firing was undone.
func (b *book) MarkUndone(ctx context.Context, firing int64, now time.Time) error {
	if err := b.flush(ctx); err != nil { // it may be of this round
		return err
	}
	return b.exec(ctx, `UPDATE firings SET undone = $1 WHERE id = $2`, now.Unix(), firing)
}

// Queue owes a chat a message.
func (b *book) Queue(ctx context.Context, n alert.Notice) error {
	d, err := delivery.NewAlertDelivery(n)
	if err != nil {
		return err
	}
	return b.exec(ctx, queueSQL, deliveryRow(d)...)
}

func scanFiring(rows *sql.Rows) (f alert.Firing, err error) {
	var (
		at                  int64
		before, legs, offer string
	)
	if err := rows.Scan(&f.ID, &at, &f.Side, &f.Value, &f.Reference, &before, &legs, &offer); err != nil {
		return f, err
	}
	f.At = timeOf(at)
	if offer != "" {
		if err := json.Unmarshal([]byte(offer), &f.Offer); err != nil {
			return f, fmt.Errorf("offer of firing %d: %w", f.ID, err)
		}
	}
	if err := json.Unmarshal([]byte(before), &f.Before); err != nil {
		return f, fmt.Errorf("firing %d: %w", f.ID, err)
	}
	return f, json.Unmarshal([]byte(legs), &f.Legs)
}

// Firings returns what fired between two moments and was not undone, oldest first.
func (db *DB) Firings(ctx context.Context, from, to time.Time) ([]delivery.FiringAt, error) {
	all, err := collect(ctx, db.read, scanFiring, selectFiring+` WHERE f.at BETWEEN $1 AND $2 AND f.undone = 0 ORDER BY f.id`, from.Unix(), to.Unix())
	if err != nil {
		return nil, err
	}
	firings := make([]delivery.FiringAt, 0, len(all))
	for _, f := range all {
		firings = append(firings, delivery.FiringAt{Fired: f.Told(), At: f.At})
	}
	return firings, nil
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
)

// slack widens a range scan by more than a float can be off, so that the index misses
// no alert that the exact rule would fire.
const slack = 1e-9

// The statements of every round.
const (
	selectDue = selectAlert + ` WHERE due <= ?`
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
		SELECT a.id FROM json_each(?1) m CROSS JOIN alerts a WHERE a.gauge = m.value->>'g' AND a.high <= m.value->>'h'
		UNION ALL
		SELECT a.id FROM json_each(?1) m CROSS JOIN alerts a WHERE a.gauge = m.value->>'g' AND a.low >= m.value->>'l')`
)

// A round is one verdict's passage over the alerts, inside its transaction.
type round struct {
	tx   transaction
	at   time.Time
	live rates.Board
	owed map[occasion]*owing
}

// An occasion is one message of a round.
type occasion struct {
	chat int64
	kind delivery.Kind
}

// owing is what such a message says.
type owing struct {
	first int64 // firing, which keys the delivery
	all   []delivery.Fired
}

// stepAlerts undoes what corrections undo, steps every alert that a gauge now reaches
// and queues one delivery a chat for those that fire: an alert that is set meanwhile
// waits for the next verdict, but is never passed by. A rate that is stale or not live
// moves nothing. It returns how many it queued.
func stepAlerts(ctx context.Context, tx transaction, v rates.Verdict, corrections []correction) (queued int, err error) {
	r := round{tx: tx, at: v.At, live: v.Board.Live(), owed: map[occasion]*owing{}}
	if err := r.undo(ctx, corrections); err != nil {
		return 0, fmt.Errorf("undo firings: %w", err)
	}
	if err := r.wake(ctx); err != nil {
		return 0, fmt.Errorf("wake alerts: %w", err)
	}
	gauges, err := r.watched(ctx)
	if err != nil {
		return 0, fmt.Errorf("read gauges: %w", err)
	}
	readings, err := r.readings(ctx, gauges)
	if err != nil {
		return 0, err
	}
	if err := r.step(ctx, gauges, readings); err != nil {
		return 0, fmt.Errorf("step alerts: %w", err)
	}
	return r.queue(ctx)
}

// wake changes the alerts that time alone changes.
func (r round) wake(ctx context.Context) error {
	due, err := collect(ctx, r.tx, scanAlert, selectDue, r.at.Unix())
	if err != nil {
		return err
	}
	for _, a := range due {
		if err := saveAlert(ctx, r.tx, a.Wake(r.at)); err != nil {
			return err
		}
	}
	return nil
}

// A watch is a gauge that alerts look at, and the nearest of their bounds.
type watch struct {
	alert.Gauge
	low, high sql.NullFloat64
}

func (r round) watched(ctx context.Context) ([]watch, error) {
	return collect(ctx, r.tx, func(rows *sql.Rows) (w watch, err error) {
		var name string
		if err := rows.Scan(&name, &w.low, &w.high); err != nil {
			return w, err
		}
		w.Gauge, err = alert.ParseGauge(name)
		return w, err
	}, selectWatched)
}

// readings returns what is shown of every pair that an alert watches, with the rates
// of as many days ago as their gauges need.
func (r round) readings(ctx context.Context, gauges []watch) (map[rates.Pair]alert.Reading, error) {
	all := map[rates.Pair]alert.Reading{}
	for _, g := range gauges {
		reading, ok := all[g.Pair]
		if !ok {
			reading = alert.Reading{At: r.at, Ago: map[int]decimal.Decimal{}}
			reading.Rate, _ = r.live.Rate(g.Pair)
			all[g.Pair] = reading
		}
		if _, known := reading.Ago[g.Days]; known || g.Days == 0 || !reading.Live() {
			continue
		}
		ago, known, err := reading.Rate.Ago(g.Days, r.on(ctx))
		if err != nil {
			return nil, fmt.Errorf("read %s of %d days ago: %w", g.Pair, g.Days, err)
		}
		if known {
			reading.Ago[g.Days] = ago.Value
		}
	}
	maps.DeleteFunc(all, func(_ rates.Pair, reading alert.Reading) bool { return !reading.Live() })
	return all, nil
}

func (r round) on(ctx context.Context) rates.Lookup {
	return func(pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error) {
		return quoteOn(ctx, r.tx, pair, source, day)
	}
}

// reached asks the indexes for the alerts that the readings may change: the float
// finds, the decimal judges.
func (r round) reached(ctx context.Context, gauges []watch, readings map[rates.Pair]alert.Reading) ([]alert.Alert, error) {
	type mark struct {
		Gauge string  `json:"g"`
		Low   float64 `json:"l"`
		High  float64 `json:"h"`
	}
	var marks []mark
	for _, g := range gauges {
		value, ok := readings[g.Pair].Of(g.Gauge)
		if !ok {
			continue
		}
		f := value.InexactFloat64()
		wide := slack * math.Abs(f)
		if g.Days > 0 {
			wide = slack * max(1, math.Abs(f)) // a change may be 0
		}
		m := mark{g.String(), f - wide, f + wide}
		//nolint:forbidigo // the index finds, the decimal judges
		if (g.high.Valid && g.high.Float64 <= m.High || g.low.Valid && g.low.Float64 >= m.Low) && !slices.Contains(marks, m) {
			marks = append(marks, m)
		}
	}
	if len(marks) == 0 {
		return nil, nil
	}
	asked, err := json.Marshal(marks)
	if err != nil {
		return nil, err
	}
	found, err := collect(ctx, r.tx, scanAlert, selectReached, string(asked))
	slices.SortFunc(found, func(a, b alert.Alert) int { return cmp.Compare(a.ID, b.ID) })
	return found, err
}

// step lets the rule of package alert decide about every alert that was found.
func (r round) step(ctx context.Context, gauges []watch, readings map[rates.Pair]alert.Reading) error {
	found, err := r.reached(ctx, gauges, readings)
	if err != nil || len(found) == 0 {
		return err
	}
	save, err := r.tx.PrepareContext(ctx, saveAlertSQL)
	if err != nil {
		return err
	}
	defer save.Close()
	record, err := r.tx.PrepareContext(ctx, `INSERT INTO firings (alert, at, side, value, ago, before, legs) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer record.Close()
	yesterday := map[rates.Pair]decimal.Decimal{}
	for _, a := range found {
		reading := readings[a.Pair]
		next, side := a.Step(reading)
		if next == a {
			continue
		}
		if _, err := save.ExecContext(ctx, alertRow(next)...); err != nil {
			return err
		}
		if side == 0 {
			continue
		}
		if _, known := yesterday[a.Pair]; !known {
			ago, _, err := reading.Rate.Ago(1, r.on(ctx))
			if err != nil {
				return err
			}
			yesterday[a.Pair] = ago.Value
		}
		f := firing{Before: a, At: r.at, Side: side, Value: reading.Rate.Value, Ago: reading.Ago[a.Window], Legs: reading.Rate.Legs}
		id, err := f.insert(ctx, record)
		if err != nil {
			return fmt.Errorf("record firing of alert %d: %w", a.ID, err)
		}
		before := yesterday[a.Pair]
		if before.IsZero() {
			before = a.Seen // its history begins today
		}
		r.owe(delivery.AlertFired, a.Chat, id, f.told(reading.Rate, before))
	}
	return nil
}

func (r round) owe(kind delivery.Kind, chat, firing int64, one delivery.Fired) {
	o := occasion{chat, kind}
	if r.owed[o] == nil {
		r.owed[o] = &owing{first: firing}
	}
	r.owed[o].all = append(r.owed[o].all, one)
}

// queue owes each chat one message of what was undone and one of what fired.
func (r round) queue(ctx context.Context) (queued int, err error) {
	if len(r.owed) == 0 {
		return 0, nil
	}
	add, err := r.tx.PrepareContext(ctx, queueSQL)
	if err != nil {
		return 0, err
	}
	defer add.Close()
	for _, o := range slices.SortedFunc(maps.Keys(r.owed), compareOccasions) {
		owed, err := delivery.ForAlerts(o.kind, o.chat, r.owed[o].first, r.owed[o].all, r.at)
		if err != nil {
			return queued, err
		}
		if _, err := add.ExecContext(ctx, deliveryRow(owed)...); err != nil {
			return queued, fmt.Errorf("queue for chat %d: %w", o.chat, err)
		}
		queued++
	}
	return queued, nil
}

// compareOccasions puts what was undone before what fired.
func compareOccasions(a, b occasion) int {
	return cmp.Or(cmp.Compare(a.chat, b.chat), -cmp.Compare(a.kind, b.kind))
}

// A firing is an alert that fired, and by which figures.
type firing struct {
	ID     int64
	Before alert.Alert
	At     time.Time
	Side   int
	Value  decimal.Decimal // of the shown rate
	Ago    decimal.Decimal // at the beginning of the alert's window; zero: none
	Legs   []rates.Quote   // that Value is made of
}

func (f firing) insert(ctx context.Context, record *sql.Stmt) (int64, error) {
	before, err := json.Marshal(f.Before)
	if err != nil {
		return 0, err
	}
	legs, err := json.Marshal(f.Legs)
	if err != nil {
		return 0, err
	}
	res, err := record.ExecContext(ctx, f.Before.ID, f.At.Unix(), f.Side, f.Value.String(), f.Ago.String(), string(before), string(legs))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// told returns what a reader is told of a firing by the rate that it is made of.
func (f firing) told(r rates.Rate, yesterday decimal.Decimal) delivery.Fired {
	return delivery.Fired{
		AlertID: f.Before.ID, Pair: f.Before.Pair, Above: f.Side > 0, Level: f.Before.Amount, Repeat: f.Before.Repeat,
		Kind: f.Before.Kind, Direction: f.Before.Direction, Window: f.Before.Window, From: f.from(), Until: f.Before.Until,
		Before: yesterday, Value: f.Value, Source: r.Source(), Day: r.Effective(),
	}
}

// from returns the rate that a percentage was counted from; zero for a level.
func (f firing) from() decimal.Decimal {
	if f.Before.Baseline.IsPositive() {
		return f.Before.Baseline
	}
	return f.Ago
}

func scanFiring(rows *sql.Rows) (f firing, err error) {
	var (
		at           int64
		before, legs string
	)
	if err := rows.Scan(&f.ID, &at, &f.Side, &f.Value, &f.Ago, &before, &legs); err != nil {
		return f, err
	}
	f.At = timeOf(at)
	if err := json.Unmarshal([]byte(before), &f.Before); err != nil {
		return f, fmt.Errorf("firing %d: %w", f.ID, err)
	}
	return f, json.Unmarshal([]byte(legs), &f.Legs)
}

const selectFiring = `SELECT f.id, f.at, f.side, f.value, f.ago, f.before, f.legs FROM firings f`

// A correction is a publisher's new figure for a day whose figure was accepted already.
type correction struct{ was, is rates.Quote }

// undo finds the firings that rest on a figure which its publisher has corrected and
// would not have happened with the right one. Each is told as undone once, and its
// alert stands again as before it, unless its reader has changed it meanwhile.
func (r round) undo(ctx context.Context, corrections []correction) error {
	if len(corrections) == 0 {
		return nil
	}
	since := slices.MinFunc(corrections, func(a, b correction) int { return a.was.Fetched.Compare(b.was.Fetched) }).was.Fetched
	all, err := collect(ctx, r.tx, scanFiring, selectFiring+` WHERE f.at >= ? AND f.undone = 0 ORDER BY f.id DESC`, since.Unix())
	if err != nil {
		return err
	}
	for _, f := range all {
		legs, touched := corrected(f.Legs, corrections)
		if !touched {
			continue
		}
		right := rates.Rate{Pair: f.Before.Pair, Legs: f.Legs}.Along(legs)
		if f.Before.Holds(alert.Reading{At: f.At, Rate: right, Ago: map[int]decimal.Decimal{f.Before.Window: f.Ago}}) {
			continue
		}
		if err := r.takeBack(ctx, f); err != nil {
			return err
		}
		told := f.told(right, f.Value)
		told.Value = right.Value
		r.owe(delivery.AlertUndone, f.Before.Chat, f.ID, told)
	}
	return nil
}

// corrected returns legs with the figures that were corrected put right.
func corrected(legs []rates.Quote, corrections []correction) (right []rates.Quote, touched bool) {
	right = slices.Clone(legs)
	for i, leg := range legs {
		for _, c := range corrections {
			if leg.Pair == c.was.Pair && leg.Source == c.was.Source && leg.Effective.Equal(c.was.Effective) && leg.Value.Equal(c.was.Value) {
				right[i], touched = c.is, true
			}
		}
	}
	return right, touched
}

func (r round) takeBack(ctx context.Context, f firing) error {
	if _, err := r.tx.ExecContext(ctx, `UPDATE firings SET undone = ? WHERE id = ?`, r.at.Unix(), f.ID); err != nil {
		return err
	}
	now, err := collect(ctx, r.tx, scanAlert, selectAlert+` WHERE id = ?`, f.Before.ID)
	if err != nil || len(now) == 0 || !now[0].Fired.Equal(f.At) || now[0].State == alert.Paused {
		return err
	}
	was := f.Before
	was.Chat, was.Muted = now[0].Chat, now[0].Muted
	return saveAlert(ctx, r.tx, was)
}

// Firings returns what fired between two moments and was not undone, the first first:
// each with its alert as it was before.
func (db *DB) Firings(ctx context.Context, from, to time.Time) ([]delivery.Rung, error) {
	all, err := collect(ctx, db.read, scanFiring, selectFiring+` WHERE f.at BETWEEN ? AND ? AND f.undone = 0 ORDER BY f.id`, from.Unix(), to.Unix())
	if err != nil {
		return nil, err
	}
	rung := make([]delivery.Rung, 0, len(all))
	for _, f := range all {
		rung = append(rung, delivery.Rung{Fired: f.told(rates.Rate{Pair: f.Before.Pair, Legs: f.Legs}, f.Before.Seen), At: f.At})
	}
	return rung, nil
}

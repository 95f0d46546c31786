package alert

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Book is where a round finds alerts and keeps what becomes of them, all or nothing: a
// transaction of the store is one.
type Book interface {
	Past
	// Due returns the alerts whose NextWake is not after now.
	Due(ctx context.Context, now time.Time) ([]Alert, error)
	// Watched returns the gauges that alerts watch.
	Watched(ctx context.Context) ([]Gauge, error)
	// Reached returns the alerts whose QuietRange one of the values may leave, by ID, where
	// the values are of gauges that Watched has returned. It may return more, never less.
	Reached(ctx context.Context, values []Value) ([]Alert, error)
	// FiringsSince returns what fired since a moment and was not undone, the latest first.
	FiringsSince(ctx context.Context, since time.Time) ([]Firing, error)
	// Alert returns one alert, and false where it is gone.
	Alert(ctx context.Context, id int64) (Alert, bool, error)
	Save(ctx context.Context, a Alert) error
	// Record keeps a firing and returns its ID.
	Record(ctx context.Context, f Firing) (int64, error)
	// MarkUndone keeps that a firing was undone.
	MarkUndone(ctx context.Context, firing int64, now time.Time) error
	// Queue owes a chat a message.
	Queue(ctx context.Context, n Notice) error
}

// A Value is what a gauge shows.
type Value struct {
	Gauge Gauge
	Value decimal.Decimal
}

// Round undoes what corrections undo, steps every alert that a gauge now reaches and
// queues one message a chat for those that fire. An alert that is set meanwhile waits for
// the next round, but is never passed by. A rate that is stale or not live moves nothing.
// It returns how many messages it queued.
func Round(ctx context.Context, book Book, board rates.Board, at time.Time, corrections []rates.Correction) (queued int, err error) {
	r := round{Book: book, at: at, live: board.Live(), notices: map[occasion]*Notice{}}
	if err := r.undo(ctx, corrections); err != nil {
		return 0, fmt.Errorf("undo firings: %w", err)
	}
	if err := r.wake(ctx); err != nil {
		return 0, fmt.Errorf("wake alerts: %w", err)
	}
	gauges, err := r.Watched(ctx)
	if err != nil {
		return 0, fmt.Errorf("read gauges: %w", err)
	}
	readings, err := r.read(ctx, gauges)
	if err != nil {
		return 0, err
	}
	if err := r.step(ctx, gauges, readings); err != nil {
		return 0, fmt.Errorf("step alerts: %w", err)
	}
	return r.queue(ctx)
}

// A round is one verdict's passage over the alerts.
type round struct {
	Book
	at      time.Time
	live    rates.Board
	notices map[occasion]*Notice
}

// An occasion is one message of a round.
type occasion struct {
	chat   int64
	thread int
	undone bool
}

// wake changes the alerts that time alone changes.
func (r round) wake(ctx context.Context) error {
	due, err := r.Due(ctx, r.at)
	if err != nil {
		return err
	}
	for _, a := range due {
		if err := r.Save(ctx, a.Advance(r.at)); err != nil {
			return err
		}
	}
	return nil
}

// read returns what the live gauges show, by pair.
func (r round) read(ctx context.Context, gauges []Gauge) (map[rates.Pair]Reading, error) {
	watched := map[rates.Pair][]Gauge{}
	for _, g := range gauges {
		watched[g.Pair] = append(watched[g.Pair], g)
	}
	all := map[rates.Pair]Reading{}
	for pair, gauges := range watched {
		rate, _ := r.live.Rate(pair)
		if !(Reading{At: r.at, Rate: rate}).Live() {
			rate = rates.Rate{Pair: pair}
		}
		reading, err := newReading(ctx, r, r.at, rate, gauges...)
		if err != nil {
			return nil, err
		}
		all[pair] = reading
	}
	return all, nil
}

// step lets the rule decide about every alert that a gauge may have reached.
func (r round) step(ctx context.Context, gauges []Gauge, readings map[rates.Pair]Reading) error {
	var values []Value
	for _, g := range gauges {
		if value, ok := readings[g.Pair].Of(g); ok && readings[g.Pair].Moves(g) {
			values = append(values, Value{g, value})
		}
	}
	if len(values) == 0 {
		return nil
	}
	reached, err := r.Reached(ctx, values)
	if err != nil {
		return err
	}
	yesterday := map[rates.Pair]decimal.Decimal{}
	for _, a := range reached {
		reading := readings[a.Pair]
		next, side := a.Step(reading)
		if next == a {
			continue
		}
		if err := r.Save(ctx, next); err != nil {
			return err
		}
		if side == Either {
			continue
		}
		if _, known := yesterday[a.Pair]; !known && a.Market.Official() {
			before, _, err := reading.Rate.Before(ctx, 1, r.QuoteOn)
			if err != nil {
				return err
			}
			yesterday[a.Pair] = before.Value
		}
		if err := r.fired(ctx, a, side, reading, yesterday[a.Pair]); err != nil {
			return fmt.Errorf("record firing of alert %d: %w", a.ID, err)
		}
	}
	return nil
}

func (r round) fired(ctx context.Context, a Alert, side Side, reading Reading, yesterday decimal.Decimal) error {
	f := Firing{Before: a, At: r.at, Side: side, Value: reading.price(a), Reference: reading.References[a.Gauge()], Legs: reading.Rate.Legs}
	if !a.Market.Official() {
		best := reading.Best[a.Market]
		f.Offer = &best
	}
	id, err := r.Record(ctx, f)
	if err != nil {
		return err
	}
	if yesterday.IsZero() {
		yesterday = a.Seen // its history begins today
	}
	r.notice(a, false, id, f.Fired(reading.Rate, yesterday))
	return nil
}

func (r round) notice(a Alert, undone bool, firing int64, one Fired) {
	o := occasion{a.Chat, a.Thread, undone}
	if r.notices[o] == nil {
		r.notices[o] = &Notice{Chat: a.Chat, Thread: a.Thread, Undone: undone, Firing: firing, At: r.at}
	}
	r.notices[o].Alerts = append(r.notices[o].Alerts, one)
}

// queue owes each chat one message of what was undone and then one of what fired.
func (r round) queue(ctx context.Context) (queued int, err error) {
	inOrder := func(a, b occasion) int {
		return cmp.Or(cmp.Compare(a.chat, b.chat), cmp.Compare(a.thread, b.thread), map[bool]int{true: -1}[a.undone]-map[bool]int{true: -1}[b.undone])
	}
	for _, o := range slices.SortedFunc(maps.Keys(r.notices), inOrder) {
		if err := r.Queue(ctx, *r.notices[o]); err != nil {
			return queued, fmt.Errorf("queue for chat %d: %w", o.chat, err)
		}
		queued++
	}
	return queued, nil
}

// undo finds the firings that rest on a figure which its publisher has corrected and
// would not have happened with the right one. Each is told as undone once, and its
// alert stands again as before it, unless its reader has changed it meanwhile.
func (r round) undo(ctx context.Context, corrections []rates.Correction) error {
	if len(corrections) == 0 {
		return nil
	}
	first := slices.MinFunc(corrections, func(a, b rates.Correction) int { return a.Was.Fetched.Compare(b.Was.Fetched) })
	all, err := r.FiringsSince(ctx, first.Was.Fetched)
	if err != nil {
		return err
	}
	for _, f := range all {
		legs, touched := corrected(f.Legs, corrections)
		if !touched {
			continue
		}
		right := f.rate().WithLegs(legs)
		if f.Before.WouldFire(f.reading(right)) {
			continue
		}
		if err := r.revert(ctx, f); err != nil {
			return err
		}
		told := f.Fired(right, f.Value)
		if f.Offer == nil {
			told.Value = right.Value
		} else { // the offer stood; it is the official rate that was corrected
			told.Before, told.Value, told.Source, told.Day = f.Reference, right.Value, right.Source(), right.Effective()
		}
		r.notice(f.Before, true, f.ID, told)
	}
	return nil
}

// corrected returns legs with the figures that were corrected put right.
func corrected(legs []rates.Quote, corrections []rates.Correction) (right []rates.Quote, touched bool) {
	right = slices.Clone(legs)
	for i, leg := range legs {
		for _, c := range corrections {
			if leg.Pair == c.Was.Pair && leg.Source == c.Was.Source && leg.Effective.Equal(c.Was.Effective) && leg.Value.Equal(c.Was.Value) {
				right[i], touched = c.Is, true
			}
		}
	}
	return right, touched
}

func (r round) revert(ctx context.Context, f Firing) error {
	if err := r.MarkUndone(ctx, f.ID, r.at); err != nil {
		return err
	}
	now, found, err := r.Alert(ctx, f.Before.ID)
	if err != nil || !found || !now.Fired.Equal(f.At) || now.State == Paused {
		return err
	}
	before := f.Before
	before.Chat, before.Muted = now.Chat, now.Muted
	return r.Save(ctx, before)
}

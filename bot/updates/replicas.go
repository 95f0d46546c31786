package updates

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"habar/digest/clock"
)

const (
	lookEvery  = time.Second            // for what other replicas had in hand and left
	renewEvery = 3 * time.Second        // of what is in hand; it is this process's for ten
	orderWait  = 200 * time.Millisecond // between looks whether something older of the chat is done
)

// besideOthers says what is in hand, and takes what a replica that is gone had, until ctx is done.
func (d *Dispatcher) besideOthers(ctx context.Context) {
	renewed, failed := time.Time{}, false
	for clock.Wait(ctx, lookEvery) == nil {
		if !d.Replicas.Sure() {
			continue
		}
		var err error
		if time.Since(renewed) >= renewEvery {
			if err = d.Replicas.RenewUpdates(ctx, d.hand()...); err == nil {
				renewed = time.Now()
			}
		}
		if d.Replicas.Settled() {
			d.accepting.Lock()
			err = errors.Join(err, d.take(ctx))
			d.accepting.Unlock()
		}
		if err != nil && !failed && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "what other replicas left is not looked at", "err", err)
		}
		failed = err != nil
	}
}

// hand lists the updates that are kept and not done.
func (d *Dispatcher) hand() []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Keys(d.inHand))
}

func (d *Dispatcher) has(id int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inHand[id]
}

func (d *Dispatcher) letGo(ids []int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range ids {
		delete(d.inHand, id)
	}
}

// begin reports whether a task is still this process's, and whether it is its turn: stopped for a
// while, another one may have taken it, and another one may have something older of its chat.
func (d *Dispatcher) begin(ctx context.Context, t task) (mine, first bool) {
	if d.Replicas == nil || t.refuse || t.unkept {
		return true, true
	}
	mine, first, err := d.Replicas.BeginUpdate(ctx, t.update.ID, laneOf(t.update))
	return mine && err == nil, first // one that nobody knows of stays in the inbox, and is taken from there
}

package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
)

// An OfferStore keeps what banks and offices pay and ask.
type OfferStore interface {
	Offers(ctx context.Context) ([]offers.Offer, error)
	OfferTables(ctx context.Context) ([]offers.State, error)
	// SaveOffers keeps what a publisher said in the place of what it said before, and how it is doing.
	// and steps the alerts that watch offers at the moment at which they were judged; for kept nil what is
	// known stays. It returns how many messages it queued.
	SaveOffers(ctx context.Context, s offers.State, kept []offers.Offer, days []offers.Day, at time.Time) (queued int, err error)
}

// An OfferSource is a publisher of offers and the token that it wants.
type OfferSource struct {
	offers.Publisher
	Token string
}

// offersEvery is how often a publisher of offers is asked at most.
const offersEvery = 15 * time.Minute

// GatherOffers asks the publishers of offers that are due, keeps what is believed and tells why the
// rest is held back. One that fails spoils no other.
func (d *Desk) GatherOffers(ctx context.Context) error {
	states, err := d.Store.OfferTables(ctx)
	if err != nil {
		return fmt.Errorf("read offers' publishers: %w", err)
	}
	failed := []error{d.forgetOffers(ctx, states)}
	for _, source := range d.Offers {
		state := offers.State{Publisher: source.ID}
		if i := slices.IndexFunc(states, func(s offers.State) bool { return s.Publisher == source.ID }); i >= 0 {
			state = states[i]
		}
		if d.Now().Sub(state.Tried) < offersEvery-10*time.Second {
			continue
		}
		if err := d.gatherOffers(ctx, source, state); err != nil {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // shutting down
		}
	}
	return errors.Join(failed...)
}

// forgetOffers lets go of what publishers said that are asked no more: it would stand for ever.
func (d *Desk) forgetOffers(ctx context.Context, states []offers.State) error {
	for _, s := range states {
		asked := slices.ContainsFunc(d.Offers, func(o OfferSource) bool { return o.ID == s.Publisher })
		if asked || s.Kept == 0 {
			continue
		}
		s.Kept, s.Held, s.Reasons = 0, nil, nil
		if _, err := d.Store.SaveOffers(ctx, s, []offers.Offer{}, nil, d.Now()); err != nil {
			return fmt.Errorf("forget offers of %s: %w", s.Publisher, err)
		}
		d.Log.InfoContext(ctx, "offers of a publisher that is asked no more are gone", "publisher", s.Publisher)
	}
	return nil
}

func (d *Desk) gatherOffers(ctx context.Context, source OfferSource, state offers.State) error {
	begun := d.Now()
	all, unanswered, err := source.Read(ctx, d.OfferClient, source.Token, begun)
	d.observe("offers", source.ID, err, begun)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // shutting down
	}
	judged := d.Now() // asking may take a while
	state.Tried, state.Error = begun, ""
	if err != nil {
		state.Error = err.Error()
	}
	if len(all) == 0 { // what is known stays
		_, saveErr := d.Store.SaveOffers(ctx, state, nil, nil, judged)
		return errors.Join(err, saveErr)
	}
	official, boardErr := d.officialRate(ctx)
	if boardErr != nil {
		return boardErr
	}
	whole := offers.Table{} // of what is no whole table nobody knows since when it stands
	if len(unanswered) == 0 {
		whole = state.Table.Next(all, judged)
		state.Table = whole
	}
	kept, held := offers.Judge(all, whole, official, judged)
	known, knownErr := d.Store.Offers(ctx)
	if knownErr != nil {
		return fmt.Errorf("read offers: %w", knownErr)
	}
	var others []offers.Offer // a day is that of all publishers
	for _, o := range known {
		switch {
		case o.Publisher != source.ID:
			others = append(others, o)
		case slices.ContainsFunc(unanswered, func(a offers.Ask) bool { return a.Covers(o) }):
			kept = append(kept, o) // what it did not answer this time stays
		}
	}
	state.Success, state.Kept, state.Held, state.Reasons = judged, len(kept), map[string]int{}, nil
	for _, h := range held {
		state.Held[offers.HeldKey(h.Pair, h.Kind)]++
		if !slices.Contains(state.Reasons, h.Reason) {
			state.Reasons = append(state.Reasons, h.Reason)
		}
	}
	if kept == nil {
		kept = []offers.Offer{} // it says nothing that is believed: what it said before is not its word any more
	}
	queued, saveErr := d.Store.SaveOffers(ctx, state, kept, offers.Days(slices.Concat(kept, others), judged), judged)
	if saveErr != nil {
		return errors.Join(err, fmt.Errorf("save offers of %s: %w", source.ID, saveErr))
	}
	d.Log.InfoContext(ctx, "offers read", "publisher", source.ID, "kept", len(kept), "held_back", len(held), "reasons", fmt.Sprint(state.Reasons), "alerts", queued)
	return err
}

// officialRate returns how to look official rates up.
func (d *Desk) officialRate(ctx context.Context) (offers.Official, error) {
	board, err := d.Store.Board(ctx)
	if err != nil {
		return nil, fmt.Errorf("read board: %w", err)
	}
	return func(p rates.Pair) (decimal.Decimal, bool) {
		r, ok := board.Rate(p)
		return r.Value, ok && !r.StaleAt(d.Now())
	}, nil
}

package bot

import (
	"context"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/rates"
	"habar/digest/reader"
)

// A RateStore is a history that knows how often it has changed.
type RateStore interface {
	rates.History
	// RateChanges returns how often what is accepted or held back has changed.
	RateChanges(ctx context.Context) (int64, error)
}

// ratesCommand answers /rates [CODE or PAIR …] with the board.
type ratesCommand struct {
	store    RateStore
	rendered *renderCache
}

func (c ratesCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	pairs, err := wantedPairs(req.Args, req.Reader)
	if err != nil {
		return req.Voice().Usage("rates", err), nil
	}
	return c.rendered.board(ctx, c.store, req.Reader, pairs, req.Now)
}

const maxPairs = 8

// wantedPairs reads what the board is asked for: nothing is the region against the
// reader's base, "EUR/*" the region against EUR, a code what pairOf makes of it.
func wantedPairs(args string, r reader.Reader) ([]rates.Pair, error) {
	asks, err := button.ParseRates(args)
	if err != nil {
		return nil, err
	}
	var pairs []rates.Pair
	for _, ask := range asks {
		switch {
		case ask.In != "":
			pairs = append(pairs, r.Pairs(ask.In)...)
		case ask.Code != "":
			pairs = append(pairs, pairOf([]rates.Currency{ask.Code}, r))
		default:
			pairs = append(pairs, ask.Pair)
		}
	}
	if len(pairs) == 0 {
		return r.Pairs(r.Base), nil
	}
	return pairs[:min(len(pairs), maxPairs)], nil
}

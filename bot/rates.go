package bot

import (
	"context"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/rates"
	"habar/digest/reader"
)

// ratesCommand answers /rates [CODE or PAIR …] with the board.
type ratesCommand struct{ history rates.History }

func (c ratesCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	pairs, err := wantedPairs(req.Args, req.Reader)
	if err != nil {
		return req.Voice().Usage("rates", err), nil
	}
	listings, err := rates.List(ctx, c.history, pairs...)
	if err != nil {
		return message.Message{}, err
	}
	return req.Voice().Board(listings, rates.Majors()), nil
}

const maxPairs = 8

// wantedPairs reads what the board is asked for: nothing is the region against the
// reader's base, "EUR/*" the region against EUR, a code of the region that currency
// against the reader's base.
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
		case ask.Code != "" && ask.Code != r.Base && r.Base != rates.USD:
			pairs = append(pairs, rates.Pair{Base: r.Base, Quote: ask.Code})
		case ask.Code != "":
			p, err := rates.ParsePair(string(ask.Code))
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, p)
		default:
			pairs = append(pairs, ask.Pair)
		}
	}
	if len(pairs) == 0 {
		return r.Pairs(r.Base), nil
	}
	return pairs[:min(len(pairs), maxPairs)], nil
}

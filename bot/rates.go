package bot

import (
	"context"
	"strings"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/rates"
	"habar/digest/reader"
)

// ratesCommand answers /rates [CODE or PAIR …] with the board.
type ratesCommand struct{ history digest.History }

func (c ratesCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	pairs, err := wantedPairs(req.Args, req.Reader)
	if err != nil {
		return req.Voice().Usage("rates", err), nil
	}
	listings, err := digest.List(ctx, c.history, pairs...)
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
	var pairs []rates.Pair
	for f := range strings.FieldsSeq(strings.ReplaceAll(args, ",", " ")) {
		if base, ok := strings.CutSuffix(f, "/*"); ok {
			c, err := rates.ParseCurrency(base)
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, r.Pairs(c)...)
			continue
		}
		if c, err := rates.ParseCurrency(f); err == nil && c != r.Base && r.Base != rates.USD {
			pairs = append(pairs, rates.Pair{Base: r.Base, Quote: c})
			continue
		}
		p, err := rates.ParsePair(f)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	if len(pairs) == 0 {
		return r.Pairs(r.Base), nil
	}
	return pairs[:min(len(pairs), maxPairs)], nil
}

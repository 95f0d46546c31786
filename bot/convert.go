package bot

import (
	"context"
	"fmt"
	"slices"

	"habar/bot/message"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
)

// convertCommand answers /convert 100 usd kzt, and the same words without a command.
type convertCommand struct{ history rates.History }

func (c convertCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	asked, err := phrase.Parse(req.Args)
	if err != nil {
		return req.Voice().Usage("convert", err), nil
	}
	return c.answer(ctx, asked, req)
}

func (c convertCommand) answer(ctx context.Context, asked phrase.Conversion, req Request) (message.Message, error) {
	board, err := c.history.Board(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read board: %w", err)
	}
	return req.Voice().Conversion(convert(board, complete(asked, req.Reader))), nil
}

// convert finds the rate of every amount into every target.
func convert(board rates.Board, c phrase.Conversion) (done []message.Converted, missing []rates.Pair) {
	for _, a := range c.Amounts {
		for _, to := range c.To {
			p := rates.Pair{Base: a.Currency, Quote: to}
			if p.Base == p.Quote {
				continue
			}
			if r, ok := board.Rate(p); ok {
				done = append(done, message.Converted{Amount: a, Rate: r})
			} else {
				missing = append(missing, p)
			}
		}
	}
	return done, missing
}

// complete fills in what a phrase leaves out: from the reader's base, and into the
// reader's currencies, or into its base from one of those or of the region's.
func complete(c phrase.Conversion, r reader.Reader) phrase.Conversion {
	c.Amounts = slices.Clone(c.Amounts)
	regional := false
	for i := range c.Amounts {
		if c.Amounts[i].Currency == "" {
			c.Amounts[i].Currency = r.Base
		}
		regional = regional || slices.Contains(rates.Region(), c.Amounts[i].Currency) || slices.Contains(r.Currencies, c.Amounts[i].Currency)
	}
	switch {
	case len(c.To) > 0:
	case !regional:
		c.To = r.Own()
	case len(c.Amounts) == 1 && c.Amounts[0].Currency == r.Base:
		c.To = []rates.Currency{rates.USD}
	default:
		c.To = []rates.Currency{r.Base}
	}
	return c
}

package bot

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"habar/bot/message"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
)

// convertCommand answers /convert 100 usd kzt, and the same words without a command.
type convertCommand struct{ history rates.History }

func (c convertCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	home, _ := req.Reader.Home()
	asked, err := phrase.Parse(phrase.AtHome(req.Args, home.Code))
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
	done, missing := convert(board, complete(asked, req.Reader))
	return req.Voice().Conversion(done, missing, asked.Either), nil
}

// convert finds the rate of every amount into every target. Where there are several
// amounts, one that is in a target already stands for itself.
func convert(board rates.Board, c phrase.Conversion) (done []message.Converted, missing []rates.Pair) {
	for _, a := range c.Amounts {
		for _, to := range c.To {
			p := rates.Pair{Base: a.Currency, Quote: to}
			if p.Base == p.Quote {
				if len(c.Amounts) > 1 && !c.Either {
					done = append(done, message.Converted{Amount: a, Rate: rates.Rate{Pair: p, Value: decimal.NewFromInt(1)}})
				}
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
	if first := c.Amounts[0]; len(c.To) == 1 && first.Currency == "" && c.To[0] == r.Base { // "100 in kzt", of who thinks in tenge
		c.Amounts[0].Currency = foreign(r.Base)
	}
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
		c.To = []rates.Currency{foreign(r.Base)}
	case !c.Either && slices.ContainsFunc(c.Amounts, func(a phrase.Amount) bool { return a.Currency == r.Base }):
		for _, a := range c.Amounts {
			if !slices.Contains(c.To, a.Currency) {
				c.To = append(c.To, a.Currency)
			}
		}
	default:
		c.To = []rates.Currency{r.Base}
	}
	return c
}

// foreign is what a currency is priced in where nothing else is said.
func foreign(c rates.Currency) rates.Currency {
	if c == rates.USD {
		return rates.KZT
	}
	return rates.USD
}

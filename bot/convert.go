package bot

import (
	"context"
	"fmt"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
)

// convertCommand answers /convert 100 usd kzt, and the same words without a command.
type convertCommand struct{ history digest.History }

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
	asked = complete(asked, req.Reader)
	var (
		used    []rates.Rate
		missing []rates.Currency
	)
	for _, to := range asked.To {
		if r, ok := board.Rate(rates.Pair{Base: asked.From, Quote: to}); ok {
			used = append(used, r)
		} else {
			missing = append(missing, to)
		}
	}
	return req.Voice().Conversion(asked, used, missing), nil
}

// complete fills in what a phrase leaves out: from the reader's base, and into the
// region's currencies, or into the reader's base from one of those.
func complete(c phrase.Conversion, r reader.Reader) phrase.Conversion {
	if c.From == "" {
		c.From = r.Base
	}
	if len(c.To) > 0 {
		return c
	}
	for _, own := range rates.Region() {
		if own == c.From {
			c.To = []rates.Currency{r.Base}
			if r.Base == own {
				c.To = []rates.Currency{rates.USD}
			}
			return c
		}
	}
	c.To = rates.Region()
	return c
}

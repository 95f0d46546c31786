package bot

import (
	"context"
	"fmt"
	"strings"

	"habar/bot/message"
	"habar/digest/trade"
)

// Facts gives every fact in which a country reports or is the partner.
type Facts interface {
	Facts(ctx context.Context, country string) ([]trade.Fact, error)
}

// tradeCommand answers /trade [country [partner]].
type tradeCommand struct{ facts Facts }

func (c tradeCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	args, sentences := req.Args, false
	if rest, ok := strings.CutPrefix(args, "sentences "); ok {
		args, sentences = rest, true
	}
	countries, err := parseCountries(args)
	if err != nil {
		return req.Voice().Usage("trade", err), nil
	}
	if len(countries) == 0 {
		return req.Voice().TradePicker(), nil
	}
	facts, err := c.facts.Facts(ctx, countries[0])
	if err != nil {
		return message.Message{}, fmt.Errorf("read facts of %s: %w", countries[0], err)
	}
	switch {
	case len(countries) == 2:
		return req.Voice().Bilateral(countries[0], countries[1], trade.Between(countries[0], countries[1], facts)), nil
	case sentences:
		return req.Voice().Sentences(countries[0], facts), nil
	}
	return req.Voice().Profile(trade.Of(countries[0], facts)), nil
}

// parseCountries reads at most two countries, whose names may be of several words.
func parseCountries(args string) ([]string, error) {
	args = strings.TrimSpace(args)
	if args == "" {
		return nil, nil
	}
	if c, err := trade.ParseCountry(args); err == nil {
		return []string{c}, nil
	}
	words := strings.Fields(args)
	for i := 1; i < len(words); i++ {
		first, err := trade.ParseCountry(strings.Join(words[:i], " "))
		second, err2 := trade.ParseCountry(strings.Join(words[i:], " "))
		if err == nil && err2 == nil {
			return []string{first, second}, nil
		}
	}
	return nil, trade.ErrUnknownCountry
}

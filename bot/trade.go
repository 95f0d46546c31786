package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"habar/bot/button"
	"habar/bot/chart"
	"habar/bot/message"
	"habar/digest/trade"
)

// A FactStore gives every fact in which a country reports or is the partner.
type FactStore interface {
	Facts(ctx context.Context, country string) ([]trade.Fact, error)
}

// tradeCommand answers /trade [country [partner]]. Its buttons also ask for the sentences
// of a country, for a comparison of all, and for a picture of a country's partners.
type tradeCommand struct{ store FactStore }

func (c tradeCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask := button.ParseTrade(req.Args)
	switch {
	case ask.Compare:
		return c.compare(ctx, req)
	case ask.Picture:
		return c.picture(ctx, req, ask)
	}
	countries, err := parseCountries(ask.Names)
	if err != nil {
		return req.Voice().Usage("trade", err), nil
	}
	if len(countries) == 0 {
		return req.Voice().TradePicker(), nil
	}
	countries = slices.Compact(countries)
	facts, err := c.store.Facts(ctx, countries[0])
	if err != nil {
		return message.Message{}, fmt.Errorf("read facts of %s: %w", countries[0], err)
	}
	switch {
	case len(countries) == 2:
		return req.Voice().Bilateral(countries[0], countries[1], trade.Between(countries[0], countries[1], facts)), nil
	case ask.Sentences:
		return req.Voice().Sentences(countries[0], facts), nil
	}
	return req.Voice().Profile(trade.Of(countries[0], facts)), nil
}

// compare shows the countries of the region side by side.
func (c tradeCommand) compare(ctx context.Context, req Request) (message.Message, error) {
	facts, err := c.store.Facts(ctx, "")
	if err != nil {
		return message.Message{}, fmt.Errorf("read facts: %w", err)
	}
	var profiles []trade.Profile
	for _, country := range trade.Region() {
		profiles = append(profiles, trade.Of(country, facts))
	}
	return req.Voice().Compare(profiles), nil
}

// picture draws the partners of a country in one flow.
func (c tradeCommand) picture(ctx context.Context, req Request, ask button.TradeAsk) (message.Message, error) {
	country, err := trade.ParseCountry(ask.Names)
	if err != nil {
		return req.Voice().Usage("trade", err), nil
	}
	facts, err := c.store.Facts(ctx, country)
	if err != nil {
		return message.Message{}, fmt.Errorf("read facts of %s: %w", country, err)
	}
	bars, m := req.Voice().PartnersPicture(trade.Of(country, facts), trade.Flow(ask.Flow))
	if len(bars.Rows) == 0 {
		return m, nil
	}
	if m.Photo, err = chart.DrawBars(bars); err != nil {
		return message.Message{}, err
	}
	return m, nil
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

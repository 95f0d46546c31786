package bot

import (
	"context"
	"errors"
	"fmt"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/region"
)

// alertCommand sets an alert from its words, or asks for them step by step by buttons,
// each of which carries what has been chosen so far.
type alertCommand struct {
	store     AlertStore
	history   alert.History
	offers    OfferStore
	maxAlerts int // of one chat that are not done
}

func (c alertCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	if d, ok := button.ParseDialog(req.Args); ok {
		return c.ask(ctx, req, d)
	}
	if req.Args == "" {
		return c.ask(ctx, req, button.Dialog{})
	}
	wanted, err := alert.ParseAt(req.Args, req.Now.In(req.Reader.Zone), req.Reader.Money())
	if errors.Is(err, alert.ErrForm) {
		if g, watchErr := alert.WatchedIn(req.Args, req.Now.In(req.Reader.Zone), req.Reader.Money()); watchErr == nil {
			return c.ask(ctx, req, button.Dialog{Pair: g.Pair, Market: g.Market})
		}
		if pair, pairErr := phrase.PairAt(req.Args, req.Reader.Money()); pairErr == nil {
			return c.ask(ctx, req, button.Dialog{Pair: pair})
		}
	}
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	reading, err := alert.Read(ctx, c.history, req.Now, wanted.Pair, wanted.Watches()...)
	if err != nil {
		return message.Message{}, err
	}
	wanted = wanted.Sided(reading)
	price, ok := reading.Price(wanted.Gauge())
	if !ok {
		return c.noPrice(ctx, req, button.Dialog{Replaces: wanted.Replaces, Pair: wanted.Pair, Market: wanted.Market})
	}
	if other, ambiguous := wanted.Ambiguous(price); ambiguous {
		return req.Voice().AskLevel(wanted, other, reading), nil
	}
	a, err := alert.New(wanted.Terms, req.Reader.Chat, reading)
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	a.ID, a.Thread = wanted.Replaces, req.Thread
	a, found, err := c.save(ctx, a)
	switch {
	case errors.Is(err, alert.ErrTooMany):
		return req.Voice().TooManyAlerts(c.maxAlerts), nil
	case err != nil:
		return message.Message{}, fmt.Errorf("save alert: %w", err)
	case !found:
		return req.Voice().Gone(), nil
	}
	return req.Voice().AlertSet(a, reading), nil
}

// save keeps a new alert, or puts one in the place of that whose ID it bears. found is
// false where that is no longer there.
func (c alertCommand) save(ctx context.Context, a alert.Alert) (saved alert.Alert, found bool, err error) {
	if a.ID == 0 {
		a, err = c.store.AddAlert(ctx, a, c.maxAlerts)
		return a, true, err
	}
	return c.store.UpdateAlert(ctx, a.Chat, a.ID, func(alert.Alert) alert.Alert { return a })
}

// ask goes one step of the dialog: the pair, then what to watch it for, which sets the alert.
func (c alertCommand) ask(ctx context.Context, req Request, d button.Dialog) (message.Message, error) {
	if d.Pair == (rates.Pair{}) {
		return req.Voice().AskPair(req.Reader.Pairs(req.Reader.Base), d.Replaces), nil
	}
	watched := alert.Gauge{Pair: d.Pair, Market: d.Market}
	reading, err := alert.Read(ctx, c.history, req.Now, d.Pair, watched)
	if err != nil {
		return message.Message{}, err
	}
	if _, ok := reading.Price(watched); !ok {
		return c.noPrice(ctx, req, d)
	}
	return req.Voice().AskTerms(d, reading), nil
}

// noPrice says that no price is known of what was to be watched. Offers are of foreign money in that of a
// country: for the other way round it asks what to wait for.
func (c alertCommand) noPrice(ctx context.Context, req Request, d button.Dialog) (message.Message, error) {
	if d.Market.Official() {
		return req.Voice().NoRate(d.Pair), nil
	}
	country, known := region.WithCurrency(string(d.Pair.Quote))
	if _, turned := region.WithCurrency(string(d.Pair.Base)); turned && !known {
		d.Pair = rates.Pair{Base: d.Pair.Quote, Quote: d.Pair.Base}
		return c.ask(ctx, req, d)
	}
	if !known {
		return req.Voice().Unoffered(d.Pair), nil
	}
	states, err := c.offers.OfferTables(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read offers' publishers: %w", err)
	}
	asked := offers.Asked{Query: offers.Query{Country: country.Lower(), City: d.Market.City, Kind: d.Market.Kind, Pair: d.Pair}}
	return req.Voice().Cash(message.NewCash(nil, states, asked, rates.Rate{}, req.Now)), nil
}

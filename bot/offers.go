package bot

import (
	"context"
	"fmt"
	"time"

	"habar/bot/message"
	"habar/digest/offers"
	"habar/digest/rates"
)

// An OfferStore keeps what banks and offices pay and ask.
type OfferStore interface {
	OffersOf(ctx context.Context, p rates.Pair) ([]offers.Offer, error)
	OfferTables(ctx context.Context) ([]offers.State, error)
}

// cashCommand answers /cash [currency] [place] [sell|buy] [how] [amount] with who pays the most and
// asks the least.
type cashCommand struct {
	store OfferStore
	rates rates.History
}

func (c cashCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	home, _ := req.Reader.Home()
	asked, err := offers.Parse(req.Args, home)
	if err != nil {
		return req.Voice().Usage("cash", err), nil
	}
	page, err := c.page(ctx, asked, req.Now)
	if err != nil {
		return message.Message{}, err
	}
	return req.Voice().Cash(page), nil
}

func (c cashCommand) page(ctx context.Context, asked offers.Asked, now time.Time) (p message.CashPage, err error) {
	all, err := c.store.OffersOf(ctx, asked.Pair)
	if err != nil {
		return p, fmt.Errorf("read offers: %w", err)
	}
	states, err := c.store.OfferTables(ctx)
	if err != nil {
		return p, fmt.Errorf("read offers' publishers: %w", err)
	}
	board, err := c.rates.Board(ctx)
	if err != nil {
		return p, fmt.Errorf("read board: %w", err)
	}
	official, _ := board.Rate(asked.Pair)
	return message.NewCash(all, states, asked, official, now), nil
}

// sendCommand answers /send 10000 rub tjs with what arrives by each channel that has a rate of today.
type sendCommand struct {
	store OfferStore
	rates rates.History
}

func (c sendCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	home, _ := req.Reader.Home()
	amount, pair, err := offers.ParseSend(req.Args, home)
	if err != nil {
		return req.Voice().Usage("send", err), nil
	}
	all, err := c.store.OffersOf(ctx, pair)
	if err != nil {
		return message.Message{}, fmt.Errorf("read offers: %w", err)
	}
	board, err := c.rates.Board(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read board: %w", err)
	}
	official, _ := board.Rate(pair)
	return req.Voice().Send(amount, pair, offers.Send(all, amount, pair, official.Value, req.Now), official), nil
}

package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"habar/bot/message"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/words"
)

// A HistoryStore gives the boards of earlier days.
type HistoryStore interface {
	BoardOn(ctx context.Context, day time.Time) (rates.Board, error)
	FirstDay(ctx context.Context, pair rates.Pair) (time.Time, bool, error)
	// HeldBack returns what was held back of a pair, either way round, for the days after one
	// up to another, the latest first.
	HeldBack(ctx context.Context, pair rates.Pair, after, to time.Time) ([]rates.Refusal, error)
}

// historyCommand answers /history PAIR DAY with the rate of that day.
type historyCommand struct{ store HistoryStore }

func (c historyCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	today := rates.Day(req.Now.In(req.Reader.Zone))
	pair, day, err := parseHistory(req.Args, today, req.Reader.Money())
	if err == nil && day.After(today) {
		err = message.ErrFuture
	}
	if err != nil {
		return req.Voice().Usage("history", err), nil
	}
	board, err := c.store.BoardOn(ctx, day)
	if err != nil {
		return message.Message{}, fmt.Errorf("read board: %w", err)
	}
	board = rates.NewBoard(append(board.Quotes(), rates.PegQuotes(day)...), nil) // a peg held on every day
	if r, ok := board.Rate(pair); ok {
		held, err := c.heldBack(ctx, r, day)
		if err != nil {
			return message.Message{}, err
		}
		return req.Voice().OnDay(r, day, held), nil
	}
	first, known, err := c.store.FirstDay(ctx, pair)
	if err != nil {
		return message.Message{}, fmt.Errorf("read first day: %w", err)
	}
	held, err := c.store.HeldBack(ctx, pair, day.AddDate(0, 0, -1), day)
	if err != nil {
		return message.Message{}, fmt.Errorf("read what is held back: %w", err)
	}
	return req.Voice().NoneOnDay(pair, day, first, known, held), nil
}

// heldBack returns what the publishers of a rate said of the days after it up to one, and
// what is not believed.
func (c historyCommand) heldBack(ctx context.Context, r rates.Rate, day time.Time) (all []rates.Refusal, err error) {
	for _, leg := range r.Legs {
		held, err := c.store.HeldBack(ctx, leg.Pair, leg.Effective, day)
		if err != nil {
			return nil, fmt.Errorf("read what is held back: %w", err)
		}
		for _, h := range held {
			if h.Source == leg.Source && h.Doubt.Open() {
				all = append(all, h)
			}
		}
	}
	return all, nil
}

// parseHistory reads a pair and a day, in either order, as people write them.
func parseHistory(args string, today time.Time, home rates.Currency) (pair rates.Pair, day time.Time, err error) {
	fields := strings.Fields(args)
	var rest []string
	for i := 0; i < len(fields); {
		d, n, err := words.Day(fields, i, today, false)
		switch {
		case err != nil:
			return pair, day, err
		case n > 0 && day.IsZero():
			day = d
			i += n
			continue
		case strings.ContainsAny(fields[i], "0123456789"):
			return pair, day, message.ErrDay
		case !words.JoinsDay(fields[i]):
			rest = append(rest, fields[i])
		}
		i++
	}
	if day.IsZero() || len(rest) == 0 {
		return pair, day, message.ErrDay
	}
	pair, err = phrase.PairAt(strings.Join(rest, " "), home)
	return pair, day, err
}

package bot

import (
	"context"
	"fmt"
	"slices"

	"habar/bot/message"
	"habar/digest/news"
	"habar/digest/rates"
)

// A SourceStore gives how the sources are doing and what is held back of theirs.
type SourceStore interface {
	Board(ctx context.Context) (rates.Board, error)
	Sources(ctx context.Context) ([]rates.SourceState, error)
	Quarantined(ctx context.Context, limit int) ([]rates.Refusal, error)
	Feeds(ctx context.Context) ([]news.FeedState, error)
}

// sourcesCommand answers /sources.
type sourcesCommand struct {
	store   SourceStore
	history func() message.HistoryProgress // optional
}

const maxHeldRead = 200 // of all readers

func (c sourcesCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	states, err := c.store.Sources(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read sources: %w", err)
	}
	held, err := c.store.Quarantined(ctx, maxHeldRead)
	if err != nil {
		return message.Message{}, fmt.Errorf("read quarantine: %w", err)
	}
	board, err := c.store.Board(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read board: %w", err)
	}
	concerns := func(q rates.Refusal) bool { // what the reader does not see is no news to it
		return slices.Contains(req.Reader.Own(), q.Base) || slices.Contains(req.Reader.Own(), q.Pair.Quote)
	}
	held = slices.DeleteFunc(held, func(q rates.Refusal) bool { return !concerns(q) })
	feeds, err := c.store.Feeds(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read feeds: %w", err)
	}
	feeds = slices.DeleteFunc(feeds, func(f news.FeedState) bool { return f.Own }) // they are their readers' alone
	var progress message.HistoryProgress
	if c.history != nil {
		progress = c.history()
	}
	return req.Voice().Sources(states, held, board, feeds, progress, req.Operator), nil
}

package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/rates"
)

// An OperatorStore tells operators how habar is doing and keeps what they tell all chats.
type OperatorStore interface {
	Stats(ctx context.Context, now time.Time) (delivery.Stats, error)
	Sources(ctx context.Context) ([]rates.SourceState, error)
	Feeds(ctx context.Context) ([]news.FeedState, error)

	Draft(ctx context.Context, text string, now time.Time) (id int64, err error)
	// QueueBroadcast queues a broadcast for the next portion of chats, and reports whether
	// that was the last.
	QueueBroadcast(ctx context.Context, id int64, now time.Time) (done bool, err error)
	CancelBroadcast(ctx context.Context, id int64, now time.Time) error
	Broadcast(ctx context.Context, id int64) (delivery.BroadcastState, bool, error)
}

// statsCommand answers /stats.
type statsCommand struct{ store OperatorStore }

func (c statsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	s, err := c.store.Stats(ctx, req.Now)
	if err != nil {
		return message.Message{}, fmt.Errorf("count: %w", err)
	}
	sources, err := c.store.Sources(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read sources: %w", err)
	}
	feeds, err := c.store.Feeds(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read feeds: %w", err)
	}
	return req.Voice().Stats(s, sources, feeds), nil
}

// broadcastCommand answers /broadcast TEXT with a preview. Its buttons send it to all chats,
// show how far that is, and end it.
type broadcastCommand struct{ store OperatorStore }

// maxBroadcast is how many characters a broadcast may have.
const maxBroadcast = 3500

func (c broadcastCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask, isStep := button.ParseBroadcast(req.Args)
	var err error
	switch {
	case !isStep:
		text := strings.TrimSpace(req.Args)
		if text == "" || len([]rune(text)) > maxBroadcast {
			return req.Voice().BroadcastHow(maxBroadcast), nil
		}
		if ask.ID, err = c.store.Draft(ctx, text, req.Now); err != nil {
			return message.Message{}, fmt.Errorf("keep draft: %w", err)
		}
	case ask.Verb == button.SendBroadcast && req.Pressed:
		_, err = c.store.QueueBroadcast(ctx, ask.ID, req.Now) // the desk queues what is left
	case ask.Verb == button.CancelBroadcast:
		err = c.store.CancelBroadcast(ctx, ask.ID, req.Now)
	}
	if err != nil {
		return message.Message{}, fmt.Errorf("broadcast: %w", err)
	}
	state, found, err := c.store.Broadcast(ctx, ask.ID)
	switch {
	case err != nil:
		return message.Message{}, fmt.Errorf("read broadcast: %w", err)
	case !found:
		return req.Voice().Gone(), nil
	case !isStep:
		return req.Voice().BroadcastPreview(state), nil
	}
	return req.Voice().BroadcastProgress(state), nil
}

package bot

import (
	"context"
	"errors"
	"fmt"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/watch"
)

// A WatchStore keeps what chats wait for in the news.
type WatchStore interface {
	AddWatch(ctx context.Context, w watch.Watch, limit int) error
	DeleteWatch(ctx context.Context, chat, id int64) (bool, error)
	Watches(ctx context.Context, chat int64) ([]watch.Watch, error)
}

// watchCommand answers /watch [words]: it waits for news with the words, or lists what the
// chat waits for; its buttons end one.
type watchCommand struct{ store WatchStore }

func (c watchCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	added, ended := "", false
	if id, ok := button.ParseUnwatch(req.Args); ok {
		var err error
		if ended, err = c.store.DeleteWatch(ctx, req.Reader.Chat, id); err != nil {
			return message.Message{}, fmt.Errorf("end watch: %w", err)
		}
	} else if req.Args != "" {
		w, err := watch.New(req.Reader, req.Thread, req.Args)
		if err == nil {
			err = c.store.AddWatch(ctx, w, watch.PerChat)
		}
		switch {
		case errors.Is(err, watch.ErrWords), errors.Is(err, watch.ErrTooMany):
			return req.Voice().Usage("watch", err), nil
		case err != nil:
			return message.Message{}, fmt.Errorf("watch: %w", err)
		}
		added = w.Words
	}
	all, err := c.store.Watches(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("read watches: %w", err)
	}
	m := req.Voice().Watches(all, added)
	if ended {
		m.Toast = req.Voice().Toast("deleted")
	}
	return m, nil
}

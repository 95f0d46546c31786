package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/news"
	"habar/digest/reader"
)

// DefaultMaxFeeds is how many feeds a chat may add, unless the operator says otherwise.
const DefaultMaxFeeds = 20

// feedTime is how long an address may take that somebody adds.
const feedTime = 12 * time.Second

// feedsCommand answers /feeds [add ADDRESS]: it adds the feed of a site, or lists what the
// chat added; its buttons remove one.
type feedsCommand struct {
	readers ReaderStore
	health  SourceStore
	client  news.Client // nil: nothing can be added
	limit   int
}

func (c feedsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask, ok := button.ParseFeeds(req.Args)
	if !ok {
		return req.Voice().Usage("feeds", news.ErrNoFeedFound), nil
	}
	added, toast := "", ""
	switch {
	case ask.Add != "":
		f, err := c.probe(ctx, ask.Add)
		if err != nil {
			return req.Voice().Usage("feeds", err), nil
		}
		prefs, fits := req.Reader.News.AddFeed(reader.Feed{URL: f.URL, Name: f.Name}, c.limit)
		if !fits {
			return req.Voice().Usage("feeds", news.ErrTooManyFeeds), nil
		}
		req.Reader.News, added = prefs, f.Name
	case ask.Drop != "":
		prefs, dropped := req.Reader.News.DropFeed(ask.Drop)
		if dropped {
			req.Reader.News, toast = prefs, "deleted"
		}
	}
	if added != "" || toast != "" {
		if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
			return message.Message{}, fmt.Errorf("save feeds: %w", err)
		}
	}
	silent, err := c.silent(ctx)
	if err != nil {
		return message.Message{}, err
	}
	m := req.Voice().Feeds(req.Reader.News.Feeds, added, silent)
	if toast != "" {
		m.Toast = req.Voice().Toast(toast)
	}
	return m, nil
}

// silentAfter is how many tries fail before a chat is told that its feed does.
const silentAfter = 2

// silent returns the feeds that do not answer, by address.
func (c feedsCommand) silent(ctx context.Context) (map[string]bool, error) {
	states, err := c.health.Feeds(ctx)
	if err != nil {
		return nil, fmt.Errorf("read feeds: %w", err)
	}
	silent := map[string]bool{}
	for _, s := range states {
		silent[s.URL] = s.Failures >= silentAfter
	}
	return silent, nil
}

// probe finds the feed of an address. Whatever goes wrong there is told as one thing: who
// asks learns nothing of the network that habar is in.
func (c feedsCommand) probe(ctx context.Context, address string) (news.Feed, error) {
	if c.client == nil {
		return news.Feed{}, news.ErrNoFeedFound
	}
	ctx, cancel := context.WithTimeout(ctx, feedTime)
	defer cancel()
	f, err := news.Probe(ctx, c.client, address)
	if err != nil && !errors.Is(err, news.ErrFeedLine) {
		return f, news.ErrNoFeedFound
	}
	return f, err
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/clip"
	"habar/digest/news"
	"habar/digest/reader"
)

// DefaultMaxFeeds is how many feeds a chat may add, unless the operator says otherwise.
const DefaultMaxFeeds = 20

// maxFeedName is how many characters of an outlet's name are kept.
const maxFeedName = 60

// feedTime is how long an address may take that somebody adds.
const feedTime = 12 * time.Second

// feedsCommand answers /feeds [add ADDRESS | export]: it adds the feed of a site, or those of
// a list that was sent as a file, sends such a list, or shows what the chat added; its buttons
// remove one.
type feedsCommand struct {
	readers ReaderStore
	health  SourceStore
	client  news.Client // nil: nothing can be added
	limit   int
}

func (c feedsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	if req.File != nil {
		return c.importList(ctx, req)
	}
	ask, ok := button.ParseFeeds(req.Args)
	if !ok {
		return req.Voice().Usage("feeds", news.ErrNoFeedFound), nil
	}
	switch {
	case ask.Export:
		return c.export(req)
	case ask.Add != "":
		return c.add(ctx, req, ask.Add)
	case ask.Drop != "":
		prefs, dropped := req.Reader.News.DropFeed(ask.Drop)
		if !dropped {
			break
		}
		req.Reader.News = prefs
		m, err := c.save(ctx, req, message.FeedsChange{})
		m.Toast = req.Voice().Toast("deleted")
		return m, err
	}
	return c.list(ctx, req, message.FeedsChange{})
}

// add adds the feed of an address.
func (c feedsCommand) add(ctx context.Context, req Request, address string) (message.Message, error) {
	f, err := c.probe(ctx, address)
	if err != nil {
		return req.Voice().Usage("feeds", err), nil
	}
	prefs, fits := req.Reader.News.AddFeed(reader.Feed{URL: f.URL, Name: f.Name}, c.limit)
	if !fits {
		return req.Voice().Usage("feeds", news.ErrTooManyFeeds), nil
	}
	req.Reader.News = prefs
	return c.save(ctx, req, message.FeedsChange{Added: []string{f.Name}})
}

// importList adds the feeds of a list. They are asked for in the next round of news, as if
// each had been added: what does not answer then is marked in the list.
func (c feedsCommand) importList(ctx context.Context, req Request) (message.Message, error) {
	if c.client == nil {
		return req.Voice().Usage("feeds", news.ErrNoFeedFound), nil
	}
	feeds, bad, err := news.ParseOPML(req.File)
	if err != nil {
		return req.Voice().Usage("feeds", err), nil
	}
	change := message.FeedsChange{Listed: len(feeds) + len(bad), Bad: bad}
	for _, f := range feeds {
		name := clip.Runes(f.Label(), maxFeedName)
		if slices.ContainsFunc(req.Reader.News.Feeds, func(had reader.Feed) bool { return had.URL == f.URL }) {
			change.Had = append(change.Had, name)
			continue
		}
		prefs, fits := req.Reader.News.AddFeed(reader.Feed{URL: f.URL, Name: name}, c.limit)
		if !fits {
			change.NoRoom = append(change.NoRoom, name)
			continue
		}
		req.Reader.News = prefs
		change.Added = append(change.Added, name)
	}
	return c.save(ctx, req, change)
}

// export sends the feeds as a file.
func (c feedsCommand) export(req Request) (message.Message, error) {
	all := make([]news.Feed, 0, len(req.Reader.News.Feeds))
	for _, f := range req.Reader.News.Feeds {
		all = append(all, news.Feed{URL: f.URL, Name: f.Name})
	}
	list, err := news.WriteOPML("habar", all)
	if err != nil {
		return message.Message{}, err
	}
	return req.Voice().FeedsFile(len(all), list), nil
}

func (c feedsCommand) save(ctx context.Context, req Request, change message.FeedsChange) (message.Message, error) {
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save feeds: %w", err)
	}
	return c.list(ctx, req, change)
}

func (c feedsCommand) list(ctx context.Context, req Request, change message.FeedsChange) (message.Message, error) {
	silent, err := c.silent(ctx)
	if err != nil {
		return message.Message{}, err
	}
	return req.Voice().Feeds(req.Reader.News.Feeds, change, silent), nil
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

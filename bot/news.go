package bot

import (
	"context"
	"fmt"
	"slices"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest"
	"habar/digest/news"
)

// A StoryStore gives stories.
type StoryStore interface {
	Stories(ctx context.Context, q news.Query) ([]news.Story, error)
	Story(ctx context.Context, id int64) (news.Story, bool, error)
}

// newsCommand answers /news [country] [topic] with headlines; its buttons also ask
// for an offset, for the list of topics and for one story.
type newsCommand struct {
	store   StoryStore
	readers ReaderStore
}

const pageSize = 5

func (c newsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask := button.ParseNews(req.Args)
	if ask.Story != 0 {
		return c.story(ctx, req, ask.Story)
	}
	if ask.Topics {
		q, err := news.ParseFilter(ask.Words)
		if err != nil {
			return req.Voice().Usage("news", err), nil
		}
		return req.Voice().Topics(q.Country), nil
	}
	if ask.Clear || ask.Unmute {
		p := &req.Reader.News
		if ask.Unmute {
			*p = p.Unmuted()
		} else {
			p.Countries, p.Topics = nil, nil
		}
		if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
			return message.Message{}, fmt.Errorf("save settings: %w", err)
		}
	}
	q, err := storyQuery(req, ask)
	if err != nil {
		return req.Voice().Usage("news", err), nil
	}
	q.Limit = pageSize + 1 // one more tells whether there is a next page
	stories, err := c.store.Stories(ctx, q)
	if err != nil {
		return message.Message{}, fmt.Errorf("read stories: %w", err)
	}
	q.Limit = pageSize
	more := len(stories) > pageSize
	return req.Voice().Headlines(message.NewsPage{Query: q, Stories: stories[:min(len(stories), pageSize)], More: more}), nil
}

// storyQuery returns which stories a reader asks for. Without a word it is what it likes;
// with one it is all of that but what it has muted.
func storyQuery(req Request, ask button.NewsAsk) (q news.Query, err error) {
	if ask.Search {
		q.Search = ask.Words
	} else if q, err = news.ParseFilter(ask.Words); err != nil {
		q = news.Query{Search: ask.Words} // neither country nor topic: words that stories may have
	}
	if ask.Words != "" && q.Country+q.Topic == "" && news.Stems(q.Search) == "" {
		return q, news.ErrUnknownFilter
	}
	wanted := digest.NewsFor(req.Reader)
	q.Offset, q.Only, q.Feeds, q.Prefer = ask.Offset, wanted.Only, wanted.Feeds, wanted.Prefer
	if q.Search == "" {
		q.Languages = wanted.Languages
	}
	if q.Country != "" || q.Topic != "" || q.Search != "" {
		q.Only = digest.FilterOf(req.Reader.News.MutesOnly())
	}
	if q.Topic != "" || q.Search != "" {
		q.Only.MutedTopics = nil
	}
	return q, nil
}

func (c newsCommand) story(ctx context.Context, req Request, id int64) (message.Message, error) {
	s, ok, err := c.store.Story(ctx, id)
	switch {
	case err != nil:
		return message.Message{}, fmt.Errorf("read story %d: %w", id, err)
	case !ok || s.Feed != "" && !slices.Contains(req.Reader.News.Addresses(), s.Feed):
		return req.Voice().Gone(), nil
	}
	return req.Voice().Story(s), nil
}

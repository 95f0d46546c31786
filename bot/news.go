package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"habar/bot/message"
	"habar/digest/news"
)

// A Newsstand gives stories.
type Newsstand interface {
	Stories(ctx context.Context, q news.Query) ([]news.Story, error)
	Story(ctx context.Context, id int64) (news.Story, bool, error)
}

// newsCommand answers /news [country] [topic] with headlines; its buttons also ask
// for an offset, for the list of topics and for one story.
type newsCommand struct{ stand Newsstand }

const pageSize = 5

func (c newsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	switch word, rest, _ := strings.Cut(req.Args, " "); word {
	case "topics":
		q, err := news.ParseFilter(rest)
		if err != nil {
			return req.Voice().Usage("news", err), nil
		}
		return req.Voice().Topics(q.Country), nil
	case "story":
		return c.story(ctx, rest, req)
	}
	q, err := asked(req)
	if err != nil {
		return req.Voice().Usage("news", err), nil
	}
	q.Limit = pageSize + 1 // one more tells whether there is a next page
	stories, err := c.stand.Stories(ctx, q)
	if err != nil {
		return message.Message{}, fmt.Errorf("read stories: %w", err)
	}
	q.Limit = pageSize
	more := len(stories) > pageSize
	return req.Voice().Headlines(message.NewsPage{Query: q, Stories: stories[:min(len(stories), pageSize)], More: more}), nil
}

// asked reads what stories a reader asks for. Without a word it is what it likes; with
// one it is all of that but what it has muted.
func asked(req Request) (q news.Query, err error) {
	words, offset := cutOffset(req.Args)
	if search, ok := strings.CutPrefix(words, "search "); ok {
		q.Search = strings.TrimSpace(search)
	} else if q, err = news.ParseFilter(words); err != nil {
		q = news.Query{Search: words} // neither country nor topic: words that stories may have
	}
	if words != "" && q.Country+q.Topic == "" && news.Stems(q.Search) == "" {
		return q, news.ErrUnknownFilter
	}
	q.Offset, q.Taste = offset, req.Reader.Taste
	if q.Search == "" {
		q.Language = req.Reader.NewsLanguage()
	}
	if q.Country != "" || q.Topic != "" || q.Search != "" {
		q.Taste = req.Reader.Taste.OnlyMutes()
	}
	if q.Topic != "" || q.Search != "" {
		q.Taste.MutedTopics = nil
	}
	return q, nil
}

func (c newsCommand) story(ctx context.Context, arg string, req Request) (message.Message, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return req.Voice().Usage("news", news.ErrUnknownFilter), nil //nolint:nilerr // a slip is an answer
	}
	s, ok, err := c.stand.Story(ctx, id)
	switch {
	case err != nil:
		return message.Message{}, fmt.Errorf("read story %d: %w", id, err)
	case !ok:
		return req.Voice().Gone(), nil
	}
	return req.Voice().Story(s), nil
}

// cutOffset takes a number from the end of words.
func cutOffset(words string) (rest string, offset int) {
	i := strings.LastIndexByte(words, ' ') + 1
	n, err := strconv.Atoi(words[i:])
	if err != nil || n < 0 || n > 10000 {
		return words, 0
	}
	return words[:i], n
}

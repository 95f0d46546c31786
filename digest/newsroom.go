package digest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/summary"
)

// A Newsroom keeps stories and how feeds are doing.
type Newsroom interface {
	Feeds(ctx context.Context) ([]news.FeedState, error)
	// KnownStories returns those of the URLs that are kept, with their titles.
	KnownStories(ctx context.Context, urls []string) (map[string]string, error)
	// RecentStories returns what was first seen since a moment, the first first, with the
	// beginnings of texts only.
	RecentStories(ctx context.Context, since time.Time) ([]news.Story, error)
	// SaveNews keeps stories and the feeds' states, all or nothing, and returns how many
	// stories are new.
	SaveNews(ctx context.Context, stories []news.Story, feeds []news.FeedState) (added int, err error)
}

// An Asker fetches a document unless it is unchanged.
type Asker interface {
	Ask(ctx context.Context, r fetch.Request) (fetch.Response, error)
}

// A Summarist makes summaries; summary.Model is one.
type Summarist interface {
	Of(ctx context.Context, title, text string, limit int) (string, error)
}

const (
	feedsAtOnce = 8
	feedTimeout = 30 * time.Second
	sitesAtOnce = 8
	pagesOfSite = 20               // that are read in one round, a second apart
	pageTimeout = 20 * time.Second // its turn included
	pagesBudget = 3 * time.Minute  // for all pages of a round
)

// A Round is what reading all feeds once brought.
type Round struct {
	Stories []news.Story
	Feeds   []news.FeedState
	Errors  []error // each names its feed
	Resting int     // feeds that are not due, since they fail
}

// ReadFeeds reads every feed that is due.
func ReadFeeds(ctx context.Context, feeds []news.Feed, known []news.FeedState, client Asker, now time.Time) Round {
	var due []news.Feed
	states := map[string]news.FeedState{}
	for _, s := range known {
		states[s.URL] = s
	}
	for _, f := range feeds {
		if states[f.URL].Due(now) {
			due = append(due, f)
		}
	}
	type answer struct {
		stories []news.Story
		state   news.FeedState
		err     error
	}
	answers := make([]answer, len(due))
	var g errgroup.Group
	g.SetLimit(feedsAtOnce)
	for i, f := range due {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, feedTimeout)
			defer cancel()
			a := &answers[i]
			a.stories, a.state, a.err = f.Read(ctx, client, states[f.URL], now)
			return nil
		})
	}
	_ = g.Wait() // no feed ends the round
	round := Round{Resting: len(feeds) - len(due)}
	for _, a := range answers {
		round.Stories = append(round.Stories, a.stories...)
		round.Feeds = append(round.Feeds, a.state)
		if a.err != nil {
			round.Errors = append(round.Errors, a.err)
		}
	}
	return round
}

// GatherNews reads the feeds, takes the full text of what is new from its pages where
// the feed has only an excerpt, sorts it into events, summarises it and keeps it.
func (d *Desk) GatherNews(ctx context.Context) error {
	known, err := d.Archive.Feeds(ctx)
	if err != nil {
		return fmt.Errorf("read feeds: %w", err)
	}
	round := ReadFeeds(ctx, d.Feeds, known, d.Outlets, d.Now())
	if ctx.Err() != nil {
		return nil //nolint:nilerr // told to stop
	}
	fresh, changed, err := d.unknown(ctx, round.Stories)
	if err != nil {
		return err
	}
	unread := d.readPages(ctx, fresh)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // told to stop
	}
	now := d.Now()
	recent, err := d.Archive.RecentStories(ctx, now.Add(-news.EventWindow))
	if err != nil {
		return fmt.Errorf("read stories: %w", err)
	}
	news.Gather(recent, fresh)
	for i := range changed {
		changed[i] = changed[i].Told()
	}
	for i := range fresh {
		fresh[i] = fresh[i].Told()
		fresh[i].Seen = now
		fresh[i].Summary = d.summarise(ctx, fresh[i])
	}
	if err := d.extract(ctx, fresh); err != nil { // first: said again it changes nothing, and a story is new only once
		return err
	}
	added, err := d.Archive.SaveNews(ctx, append(fresh, changed...), round.Feeds)
	d.Log.InfoContext(ctx, "feeds read", "feeds", len(round.Feeds), "resting", round.Resting, "failed", len(round.Errors),
		"stories", len(round.Stories), "new", added, "pages_unread", unread)
	return errors.Join(append(round.Errors, err)...)
}

// unknown sorts stories into those that are new and those whose title has changed. One
// that several feeds announce counts once.
func (d *Desk) unknown(ctx context.Context, all []news.Story) (fresh, changed []news.Story, err error) {
	urls := make([]string, 0, len(all))
	for _, s := range all {
		urls = append(urls, s.URL)
	}
	known, err := d.Archive.KnownStories(ctx, urls)
	if err != nil {
		return nil, nil, fmt.Errorf("look stories up: %w", err)
	}
	seen := map[string]bool{}
	for _, s := range all {
		title, old := known[s.URL]
		switch {
		case seen[s.URL]:
		case !old:
			fresh = append(fresh, s)
		case title != s.Title:
			changed = append(changed, s)
		}
		seen[s.URL] = true
	}
	return fresh, changed, nil
}

// readPages takes the text of excerpts from their pages, several sites at once. What
// cannot be read keeps its excerpt; it returns how many those are.
func (d *Desk) readPages(ctx context.Context, stories []news.Story) (unread int) {
	if d.Pages == nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, pagesBudget)
	defer cancel()
	sites := map[string][]*news.Story{}
	for i := range stories {
		if u, err := url.Parse(stories[i].URL); err == nil && stories[i].IsExcerpt() {
			sites[u.Host] = append(sites[u.Host], &stories[i])
		}
	}
	var g errgroup.Group
	g.SetLimit(sitesAtOnce)
	failed := make(chan int, len(sites))
	for _, site := range sites {
		g.Go(func() error {
			n := 0
			slices.SortStableFunc(site, func(a, b *news.Story) int { return b.Published.Compare(a.Published) })
			for i, s := range site {
				if i >= pagesOfSite || d.readPage(ctx, s) != nil {
					n++
				}
			}
			failed <- n
			return nil
		})
	}
	_ = g.Wait() // no page ends the round
	close(failed)
	for n := range failed {
		unread += n
	}
	return unread
}

func (d *Desk) readPage(ctx context.Context, s *news.Story) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	body, err := d.Pages.Get(ctx, s.URL)
	if err != nil {
		return err
	}
	read, err := s.WithPage(body, "")
	*s = read
	return err
}

// summarise asks the model where there is one, and believes it where the article bears
// it out.
func (d *Desk) summarise(ctx context.Context, s news.Story) string {
	if d.Model == nil || len(summary.Sentences(s.Text)) < leastSentences {
		return s.Summary
	}
	told, err := d.Model.Of(ctx, s.Title, s.Text, news.SummarySize)
	if err != nil {
		if !errors.Is(err, summary.ErrBudget) {
			d.Log.DebugContext(ctx, "summary of our own", "url", s.URL, "err", err)
		}
		return s.Summary
	}
	return told
}

// leastSentences is how many an article must have for a model to be asked.
const leastSentences = 4

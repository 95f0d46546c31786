package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/reader"
	"habar/digest/trade"
	"habar/digest/watch"
)

// newsCmd reads all feeds now. It changes nothing.
type newsCmd struct {
	Country string `help:"Only stories of a country: kz, kg, tj, uz, tm." placeholder:"CC"`
	Topic   string `help:"Only stories on a topic: economy, trade, energy …" placeholder:"T"`
	JSON    bool   `help:"Print one JSON document." name:"json"`
	Feeds   string `help:"Feed URLs, comma-separated, or a file: OPML, or one a line: URL [country] [language] [name]." env:"HABAR_FEEDS"`
}

type storyJSON struct {
	Title     string   `json:"title"`
	URL       string   `json:"url"`
	Publisher string   `json:"publisher"`
	Published string   `json:"published"`
	Language  string   `json:"language"`
	Countries []string `json:"countries"`
	Topics    []string `json:"topics"`
	Summary   string   `json:"summary"`
	Also      []string `json:"also"` // other outlets that tell of the same event
}

type newsJSON struct {
	Stories []storyJSON `json:"stories"`
	Errors  []string    `json:"errors"`
}

// Run reads, sorts and prints, the newest first.
func (c *newsCmd) Run(ctx context.Context, p *program) error {
	q, err := news.ParseFilter(c.Country + " " + c.Topic)
	if err != nil {
		return err
	}
	feeds, err := news.ParseFeeds(c.Feeds)
	if err != nil {
		return fmt.Errorf("HABAR_FEEDS: %w", err)
	}
	var urls []string
	for _, f := range feeds {
		urls = append(urls, f.URL)
	}
	client := fetch.New(urls...)
	d := &desk.Desk{Feeds: feeds, Outlets: client, Pages: fetch.NewGuest(client), DatesOnly: true, Store: nothing{}, Log: p.log, Now: time.Now}
	batch, err := d.ReadNews(ctx)
	if err != nil {
		return err
	}
	stories, errs := news.EventLeads(batch.Fresh), batch.Errors
	stories = slices.DeleteFunc(stories, func(s news.Story) bool { return !q.Match(s) })
	slices.SortStableFunc(stories, func(a, b news.Story) int { return b.Published.Compare(a.Published) })
	if err := c.print(p, stories, errs); err != nil {
		return err
	}
	if len(feeds) > 0 && len(errs) == len(feeds) {
		return errors.New("no feed answered: check the network, or set HABAR_FEEDS")
	}
	return nil
}

// nothing is a store in which nothing is kept: every story is new.
type nothing struct{ desk.Store }

// Feeds knows none.
func (nothing) Feeds(context.Context) ([]news.FeedState, error) { return nil, nil }

func (nothing) BeginReading(context.Context, time.Time, ...string) error { return nil }

func (nothing) EndReading(context.Context, ...string) error { return nil }

func (nothing) Unfinished(context.Context) ([]news.Unfinished, error) { return nil, nil }

// KnownStories knows none.
func (nothing) KnownStories(context.Context, []string) (map[news.StoryKey]string, error) {
	return nil, nil
}

// OwnFeeds knows none.
func (nothing) OwnFeeds(context.Context) ([]reader.Feed, error) { return nil, nil }

// RecentStories knows none.
func (nothing) RecentStories(context.Context, time.Time) ([]news.Story, error) { return nil, nil }

// Facts knows none.
func (nothing) Facts(context.Context, string) ([]trade.Fact, error) { return nil, nil }

// Watches knows none.
func (nothing) Watches(context.Context, int64) ([]watch.Watch, error) { return nil, nil }

func (c *newsCmd) print(p *program, stories []news.Story, errs []error) error {
	if c.JSON {
		out := newsJSON{Stories: []storyJSON{}, Errors: []string{}}
		for _, s := range stories {
			out.Stories = append(out.Stories, storyJSON{
				s.Title, s.URL, s.Publisher, s.Published.UTC().Format(time.RFC3339), s.Language,
				append([]string{}, s.Countries...), append([]string{}, s.Topics...), s.Summary, append([]string{}, s.Also...),
			})
		}
		for _, err := range errs {
			out.Errors = append(out.Errors, firstLine(err))
		}
		return json.NewEncoder(p.out).Encode(out)
	}
	for _, s := range stories {
		fmt.Fprintf(p.out, "%s\n  %s\n  %s · %s · %s\n  %s\n\n", s.Title, s.Summary, s.Publisher, s.Published.Format("2 Jan 15:04"), strings.Join(append(slices.Clone(s.Countries), s.Topics...), " "), s.URL)
	}
	for _, err := range errs {
		fmt.Fprintln(p.err, "habar:", firstLine(err))
	}
	return nil
}

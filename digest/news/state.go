package news

import (
	"context"
	"fmt"
	"time"

	"habar/digest/charset"
	"habar/digest/fetch"
)

// A FeedState is how reading a feed went so far.
type FeedState struct {
	URL      string // as it is configured: identity of the feed
	Moved    string // where it is read from, since it has moved for good; "" for URL
	ETag     string // of the last good answer, for the next question
	Modified string // Last-Modified, likewise
	Tried    time.Time
	Success  time.Time // of the last good answer; zero: never
	Failures int       // in a row
	Error    string    // of the last try; "" when it was good
	Stories  int       // in the last answer that had any
}

// The waits after failures in a row: a feed that is down is asked ever less often, and
// never given up.
const (
	firstWait = 30 * time.Minute
	longWait  = 12 * time.Hour
)

// Due reports whether the feed may be asked again at now.
func (s FeedState) Due(now time.Time) bool {
	if s.Failures < 2 { // once may be by chance
		return true
	}
	return !now.Before(s.Tried.Add(min(firstWait<<min(s.Failures-2, 8), longWait)))
}

// A Client fetches a document unless it is unchanged.
type Client interface {
	Ask(ctx context.Context, r fetch.Request) (fetch.Response, error)
}

// Read asks a feed for what it announces, if it has changed. It returns the stories and
// how the feed stands then. The error, which is in the state too, names the feed.
func (f Feed) Read(ctx context.Context, client Client, s FeedState, now time.Time) ([]Story, FeedState, error) {
	s.URL, s.Tried = f.URL, now
	from := f.URL
	if s.Moved != "" {
		from = s.Moved
	}
	stories, answer, err := f.ask(ctx, client, fetch.Request{URL: from, ETag: s.ETag, Modified: s.Modified}, now)
	if err != nil {
		s.Failures++
		s.Error = err.Error()
		s.ETag, s.Modified, s.Moved = "", "", "" // begin anew, from where the operator said
		return nil, s, fmt.Errorf("feed %s: %w", f.Label(), err)
	}
	first := s.Success.IsZero()
	s.Success, s.Failures, s.Error = now, 0, ""
	if answer.MovedTo != "" {
		s.Moved = answer.MovedTo
	}
	if answer.Unchanged {
		return nil, s, nil
	}
	s.ETag, s.Modified, s.Stories = answer.ETag, answer.Modified, len(stories)
	if first {
		stories = latestDay(stories)
	}
	return stories, s, nil
}

func (f Feed) ask(ctx context.Context, client Client, r fetch.Request, now time.Time) ([]Story, fetch.Response, error) {
	answer, err := client.Ask(ctx, r)
	if err != nil || answer.Unchanged {
		return nil, answer, err
	}
	stories, err := f.Parse(charset.Decode(answer.Body, answer.Type), now)
	return stories, answer, err
}

// latestDay keeps what was published within a day of the newest: a feed that is read
// for the first time does not flood its readers.
func latestDay(stories []Story) []Story {
	var newest time.Time
	for _, s := range stories {
		if s.Published.After(newest) {
			newest = s.Published
		}
	}
	var kept []Story
	for _, s := range stories {
		if newest.Sub(s.Published) < 24*time.Hour {
			kept = append(kept, s)
		}
	}
	return kept
}

package news

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	Success  time.Time      // of the last good answer; zero: never
	Failures int            // in a row
	Error    string         // of the last try; "" when it was good
	Stories  int            // in the last answer that had any
	Left     map[Reason]int // items of that answer that are no stories
	Own      bool           // a reader added it, and not the operator
	Undated  []string       // items whose day nobody knows, from before habar knew the feed
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
	if s.Own != f.Own { // its stories are other ones now
		s.ETag, s.Modified = "", ""
	}
	s.URL, s.Tried, s.Own = f.URL, now, f.Own
	from := f.URL
	if s.Moved != "" {
		from = s.Moved
	}
	found, answer, err := f.ask(ctx, client, fetch.Request{URL: from, ETag: s.ETag, Modified: s.Modified, Partly: true}, now)
	if s.lost(err, now) {
		if to, lookErr := Discover(ctx, client, homeOf(f.URL)); lookErr == nil && to.URL != from {
			if again, there, readErr := f.ask(ctx, client, fetch.Request{URL: to.URL, Partly: true}, now); readErr == nil {
				found, answer, err = again, there, nil
				answer.MovedTo = cmp.Or(there.MovedTo, to.URL)
			}
		}
	}
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
	s.ETag, s.Modified, s.Stories, s.Left = answer.ETag, answer.Modified, len(found.Stories), found.Left
	stories := s.sift(found.Stories, first)
	if first {
		stories = latestDay(stories)
	}
	return stories, s, nil
}

// A feed that is gone for so long, and after so many tries, is looked for anew.
const (
	lostAfter = 24 * time.Hour
	lostTries = 5
)

// lost reports whether a feed is no longer where it was: nothing, or something else, has
// been there for a day.
func (s FeedState) lost(err error, now time.Time) bool {
	status, answered := errors.AsType[*fetch.StatusError](err)
	gone := answered && (status.Code == http.StatusNotFound || status.Code == http.StatusGone) || errors.Is(err, errNoFeed)
	return gone && s.Failures+1 >= lostTries && now.Sub(s.Success) >= lostAfter
}

// sift marks what a feed lists without a day when it is read first, and leaves that out
// later: only the page can tell whether it is news. What comes without a day after that is
// new.
func (s *FeedState) sift(stories []Story, first bool) (kept []Story) {
	var undated []string
	for _, story := range stories {
		story.first = first
		if s.Own {
			story.Feed = s.URL
		}
		if story.undated {
			mark := markOf(story.URL)
			if known := slices.Contains(s.Undated, mark); first || known {
				undated = append(undated, mark)
				s.Left[Undated]++
				if known && !first {
					continue
				}
			}
		}
		kept = append(kept, story)
	}
	s.Undated = undated
	return kept
}

// markOf shortens an address.
func markOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:6])
}

func (f Feed) ask(ctx context.Context, client Client, r fetch.Request, now time.Time) (Announcement, fetch.Response, error) {
	answer, err := client.Ask(ctx, r)
	if err != nil || answer.Unchanged {
		return Announcement{}, answer, err
	}
	found, err := f.Parse(charset.Decode(answer.Body, answer.Type), now)
	if answer.Cut && err == nil {
		found.Left[Oversized]++ // at least
	}
	return found, answer, err
}

// latestDay keeps what was published within a day of the newest: a feed that is read
// for the first time does not flood its readers. What has no day stays until its page tells.
func latestDay(stories []Story) []Story {
	var newest time.Time
	for _, s := range stories {
		if s.Published.After(newest) && !s.undated {
			newest = s.Published
		}
	}
	var kept []Story
	for _, s := range stories {
		if s.undated || newest.Sub(s.Published) < 24*time.Hour {
			kept = append(kept, s)
		}
	}
	return kept
}

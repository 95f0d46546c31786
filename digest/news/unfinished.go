package news

import "time"

// An Unfinished feed, or page of an article, was being read when a process died, and may be why.
type Unfinished struct {
	URL   string
	Begun time.Time // when it was read last
	Times int       // that its reading was begun in a row and did not end
}

// restAfterDeath is how long a feed is left alone that was read by itself when a process died.
const restAfterDeath = 24 * time.Hour

// Suspect reports whether the feed is to be read by itself, so that it is known whose fault it is
// if the process dies again. A suspect page is not read at all: its story has an excerpt.
func (u Unfinished) Suspect() bool { return u.Times > 0 }

// Rests reports whether the feed is to be left alone at now: it was read by itself, and the process
// died again.
func (u Unfinished) Rests(now time.Time) bool {
	return u.Times > 1 && now.Before(u.Begun.Add(restAfterDeath))
}

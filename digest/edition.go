package digest

import (
	"context"
	"fmt"
	"time"

	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/trade"
)

// A Library is where an edition is composed from.
type Library interface {
	History
	Stories(ctx context.Context, q news.Query) ([]news.Story, error)
	// FactOfDay returns the trade fact of a calendar day, and false where there is none.
	FactOfDay(ctx context.Context, day time.Time) (trade.Fact, bool, error)
}

// An Edition is one reader's digest of one day.
type Edition struct {
	At      time.Time // when it was composed, in the reader's zone
	Rates   []Listing
	Stories []news.Story
	Fact    *trade.Fact // nil where none is known
}

const editionStories = 5

// Compose makes the edition of a reader that was due at a moment, as of now. Its stories
// are those first seen in the day before it was due, so that none is repeated from the
// edition before.
func Compose(ctx context.Context, lib Library, r reader.Reader, now, due time.Time) (Edition, error) {
	e := Edition{At: now.In(r.Zone)}
	until := due.Truncate(time.Minute)
	var err error
	if e.Rates, err = List(ctx, lib, r.Pairs(r.Base)...); err != nil {
		return Edition{}, err
	}
	if e.Stories, err = lib.Stories(ctx, news.Query{Limit: editionStories, Taste: r.Taste, Language: r.NewsLanguage(), Since: until.AddDate(0, 0, -1), Until: until}); err != nil {
		return Edition{}, fmt.Errorf("read stories: %w", err)
	}
	fact, ok, err := lib.FactOfDay(ctx, rates.Day(e.At))
	if err != nil {
		return Edition{}, fmt.Errorf("read fact: %w", err)
	}
	if ok {
		e.Fact = &fact
	}
	return e, nil
}

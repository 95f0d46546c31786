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
	Facts(ctx context.Context, country string) ([]trade.Fact, error)
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
	facts, err := lib.Facts(ctx, "")
	if err != nil {
		return Edition{}, fmt.Errorf("read facts: %w", err)
	}
	e.Fact = factOf(e.At, facts)
	return e, nil
}

// factOf picks the trade fact of a day: each value that has a period takes its turn,
// and all readers of one day get the same.
func factOf(day time.Time, facts []trade.Fact) *trade.Fact {
	var telling []trade.Fact
	for _, f := range facts {
		if f.Metric == trade.Value && f.Period != "" {
			telling = append(telling, f)
		}
	}
	if len(telling) == 0 {
		return nil
	}
	days := int(rates.Day(day).Unix() / (24 * 60 * 60))
	return &telling[days%len(telling)]
}

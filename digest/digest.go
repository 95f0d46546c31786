// Package digest composes what a subscriber gets: rates and their moves, the day's
// headlines, a fact on trade. Gathering them is the desk's, how they look bot/message's,
// when they are sent reader's. It knows neither Telegram nor SQL.
package digest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/trade"
)

// A Store is where a digest is composed from.
type Store interface {
	rates.History
	Stories(ctx context.Context, q news.Query) ([]news.Story, error)
	// OffersOf returns what banks and offices offer of a pair.
	OffersOf(ctx context.Context, p rates.Pair) ([]offers.Offer, error)
	// FactsOfDay returns the trade fact of a calendar day, and others to tell in its place.
	FactsOfDay(ctx context.Context, day time.Time) ([]trade.Fact, error)
}

// A Digest is what one reader gets on one day.
type Digest struct {
	At      time.Time // when it was composed, in the reader's zone
	Rates   []rates.Listing
	Offers  map[offers.Side]offers.Offer // the best of today over the counter in the reader's country
	Stories []news.Story
	Fact    *trade.Fact // nil where none is known
}

const digestStories = 5

// Compose makes the digest of a reader that was due at a moment, as of now. Its stories
// are those first seen in the day before it was due, so that none is repeated from the
// digest before.
func Compose(ctx context.Context, store Store, r reader.Reader, now, due time.Time) (Digest, error) {
	d := Digest{At: now.In(r.Zone)}
	until := due.Truncate(time.Minute)
	var err error
	if r.Wants(reader.RatesSection) {
		if d.Rates, err = rates.List(ctx, store, r.Pairs(r.Base)...); err != nil {
			return Digest{}, err
		}
	}
	if r.Wants(reader.OffersSection) {
		if d.Offers, err = bestOffers(ctx, store, r, now); err != nil {
			return Digest{}, err
		}
	}
	if r.Wants(reader.NewsSection) {
		if d.Stories, err = storiesOf(ctx, store, r, until); err != nil {
			return Digest{}, err
		}
	}
	if !r.Wants(reader.TradeSection) {
		return d, nil
	}
	facts, err := store.FactsOfDay(ctx, rates.Day(d.At))
	if err != nil {
		return Digest{}, fmt.Errorf("read fact: %w", err)
	}
	for _, f := range facts {
		if !toldBy(d.Stories, f) {
			d.Fact = &f
			break
		}
	}
	return d, nil
}

// bestOffers returns the best of today in the money of where a reader lives: for the currency that it
// counts in, or for the dollar.
func bestOffers(ctx context.Context, store Store, r reader.Reader, now time.Time) (map[offers.Side]offers.Offer, error) {
	home, ok := r.Home()
	if !ok {
		return nil, nil
	}
	best := map[offers.Side]offers.Offer{}
	for _, base := range slices.Compact([]rates.Currency{r.Base, rates.USD}) {
		pair := rates.Pair{Base: base, Quote: rates.Currency(home.Currency)}
		all, err := store.OffersOf(ctx, pair)
		if err != nil {
			return nil, fmt.Errorf("read offers: %w", err)
		}
		for _, side := range offers.Sides() {
			found := offers.Select(all, offers.Query{Pair: pair, Kind: offers.Cash, Side: side}, now)
			if len(found) > 0 && found[0].Fresh(now) {
				best[side] = found[0]
			}
		}
		if len(best) > 0 {
			break
		}
	}
	return best, nil
}

// storiesOf returns the stories of the day before a digest was due.
func storiesOf(ctx context.Context, store Store, r reader.Reader, until time.Time) ([]news.Story, error) {
	q := NewsFor(r)
	q.Limit, q.Since, q.Until = digestStories, until.AddDate(0, 0, -1), until
	stories, err := store.Stories(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read stories: %w", err)
	}
	return stories, nil
}

// toldBy reports whether a headline of the digest says what a fact says.
func toldBy(stories []news.Story, f trade.Fact) bool {
	for _, s := range stories {
		if s.URL == f.Article.URL || trade.Tells(s.Title+". "+s.Summary, f) {
			return true
		}
	}
	return false
}

// NewsFor returns the query for the stories that a reader wants, in its language.
func NewsFor(r reader.Reader) news.Query {
	own, _ := r.Language.Base()
	return news.Query{Languages: r.NewsLanguages(), Prefer: own.String(), Only: FilterOf(r.News), Feeds: r.News.Addresses()}
}

// FilterOf returns a reader's preferences as a filter of stories.
func FilterOf(p reader.NewsPreferences) news.Filter {
	return news.Filter{Countries: p.Countries, Topics: p.Topics, MutedTopics: p.MutedTopics, MutedOutlets: p.MutedOutlets}
}

// Package desk does the gathering: on a schedule it asks publishers and outlets, has what
// they say judged, and keeps what is accepted; it also reads their past and plays it
// again. What a figure is worth is package rates, what a story is package news, what is
// sent to whom delivery. It knows neither Telegram nor SQL.
package desk

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"habar/digest/builtin"
	"habar/digest/metric"
	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/rates/bank"
	"habar/digest/trade"
)

// A Store keeps what the desk decides.
type Store interface {
	RateStore
	StoryStore
	FactStore
	CareStore
	OfferStore
	// QueueDigests queues the digests that are due at now, and says how many schedules
	// were missed by too much.
	QueueDigests(ctx context.Context, now time.Time) (queued int64, skipped int, err error)
}

// A Desk gathers, judges and queues.
type Desk struct {
	Sources        []bank.Source
	Feeds          []news.Feed
	Fetch          bank.Fetcher  // of rates
	Outlets        news.Client   // of feeds
	Pages          PageReader    // of articles' pages; nil: feeds' texts must do
	Strangers      news.Client   // of feeds that readers added; nil: none are read
	StrangersPages PageReader    // of what those announce, which may lead anywhere
	DatesOnly      bool          // pages are asked only for days that feeds do not tell
	Offers         []OfferSource // of what banks and offices pay
	OfferClient    offers.Client
	Model          SummaryModel // nil: summaries are made of the article's own sentences
	Store          Store
	Log            *slog.Logger
	Metrics        metric.Observer  // optional
	RatesSpec      string           // when rates are gathered: a robfig/cron spec in UTC
	NewsSpec       string           // when feeds are read: likewise
	OfficialURL    string           // of the World Bank's indicators, as trade.OfficialURL; "" for none
	Now            func() time.Time // the clock
	Operators      []int64          // who is told what is wrong: chats that habar has met
	Condition      func() Condition // of where it runs; optional
	Beat           func()           // says that the schedule moves; optional

	resting                rest
	ready                  chan struct{} // closed after the first round
	firstRound, closeReady sync.Once
	ran                    sync.Map // names of jobs that have run
}

// sourceTimeout bounds one source, so that a slow one delays nobody else.
const sourceTimeout = 20 * time.Second

// SeedBuiltin keeps the built-in figures, so that there is something to answer from before
// the first source has spoken. Idempotent.
func (d *Desk) SeedBuiltin(ctx context.Context) error {
	contents, err := builtin.Load()
	if err != nil {
		return err
	}
	if err := d.judge(ctx, contents.Quotes); err != nil {
		return err
	}
	if _, err := d.Store.SaveNews(ctx, contents.Stories, nil, contents.Facts, nil); err != nil {
		return fmt.Errorf("save built-in stories: %w", err)
	}
	return nil
}

func (d *Desk) observe(name, label string, err error, begun time.Time) {
	if d.Metrics != nil {
		d.Metrics.Observe(metric.Event{Name: name, Label: label, Result: metric.ResultOf(err), Duration: d.Now().Sub(begun)})
	}
}

func (d *Desk) queueDigests(ctx context.Context) error {
	queued, skipped, err := d.Store.QueueDigests(ctx, d.Now())
	if queued > 0 || skipped > 0 {
		d.Log.InfoContext(ctx, "digests queued", "queued", queued, "skipped_schedules", skipped)
	}
	return err
}

// A FactStore keeps facts on trade.
type FactStore interface {
	SaveFacts(ctx context.Context, facts []trade.Fact) error
	// Facts returns every fact in which a country reports or is the partner; "" is all.
	Facts(ctx context.Context, country string) ([]trade.Fact, error)
}

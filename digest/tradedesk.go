package digest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/trade"
)

// A Ledger keeps facts on trade.
type Ledger interface {
	SaveFacts(ctx context.Context, facts []trade.Fact) error
	// Facts returns every fact in which a country reports or is the partner; "" is all.
	Facts(ctx context.Context, country string) ([]trade.Fact, error)
	Sources(ctx context.Context) ([]rates.SourceState, error)
}

// officialName is how the World Bank is called among the sources.
const officialName = "worldbank"

// officialEvery is how often its yearly figures are asked for, at most.
const officialEvery = 25 * 24 * time.Hour

// GatherOfficial reads the yearly figures of the World Bank, unless it did lately.
func (d *Desk) GatherOfficial(ctx context.Context) error {
	if d.OfficialURL == "" {
		return nil
	}
	states, err := d.Archive.Sources(ctx)
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	for _, s := range states {
		if s.Name == officialName && s.Error == "" && d.Now().Sub(s.Success) < officialEvery {
			return nil
		}
	}
	var (
		facts []trade.Fact
		errs  []error
	)
	for _, i := range trade.Indicators() {
		read, err := d.official(ctx, i)
		facts, errs = append(facts, read...), append(errs, err)
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // told to stop
	}
	err = errors.Join(errs...)
	state := rates.SourceState{Name: officialName, Tried: d.Now()}
	if err != nil {
		state.Error = err.Error()
	}
	return errors.Join(err, d.Archive.SaveFacts(ctx, facts), d.Archive.SaveSource(ctx, state))
}

func (d *Desk) official(ctx context.Context, i trade.Indicator) ([]trade.Fact, error) {
	ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
	defer cancel()
	body, err := d.Fetch.Get(ctx, i.Address(d.OfficialURL, d.Now()))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", officialName, i.ID, err)
	}
	facts, err := i.ParseOfficial(body, d.Now())
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", officialName, i.ID, err)
	}
	return facts, nil
}

// extract takes the facts on trade out of stories and keeps those that hold beside what
// is known. Saved again they change nothing.
func (d *Desk) extract(ctx context.Context, stories []news.Story) error {
	if len(stories) == 0 {
		return nil
	}
	known, err := d.Archive.Facts(ctx, "")
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	var all []trade.Fact
	for _, s := range stories {
		facts := trade.Checked(trade.Extract(s.Title, s.Text, s.Published), known)
		for i := range facts {
			facts[i].Article = trade.Article{Title: s.Title, Publisher: s.Publisher, URL: s.URL, Date: rates.Day(s.Published)}
		}
		all = append(all, facts...)
	}
	if len(all) == 0 {
		return nil
	}
	d.Log.InfoContext(ctx, "trade facts read", "facts", len(all))
	if err := d.Archive.SaveFacts(ctx, all); err != nil {
		return fmt.Errorf("save facts: %w", err)
	}
	return nil
}

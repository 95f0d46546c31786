package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"habar/digest/rates"
	"habar/digest/trade"
)

// worldBank names the World Bank among the sources.
const worldBank = "worldbank"

// officialEvery is how often its yearly figures are asked for, at most.
const officialEvery = 25 * 24 * time.Hour

// GatherOfficial reads the yearly figures of the World Bank, unless it did lately.
func (d *Desk) GatherOfficial(ctx context.Context) error {
	if d.OfficialURL == "" {
		return nil
	}
	states, err := d.Store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("read sources: %w", err)
	}
	for _, s := range states {
		if s.Name == worldBank && s.Error == "" && d.Now().Sub(s.Success) < officialEvery {
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
		return nil //nolint:nilerr // shutting down
	}
	err = errors.Join(errs...)
	state := rates.SourceState{Name: worldBank, Tried: d.Now()}
	if err != nil {
		state.Error = err.Error()
	}
	return errors.Join(err, d.Store.SaveFacts(ctx, facts), d.Store.SaveSource(ctx, state))
}

func (d *Desk) official(ctx context.Context, i trade.Indicator) ([]trade.Fact, error) {
	ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
	defer cancel()
	body, err := d.Fetch.Get(ctx, i.Address(d.OfficialURL, d.Now()))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", worldBank, i.ID, err)
	}
	facts, err := i.ParseOfficial(body, d.Now())
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", worldBank, i.ID, err)
	}
	return facts, nil
}

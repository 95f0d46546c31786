// Package bank reads rates where central banks and markets publish them. One file a
// publisher: what is odd about its format stands at the top of it. What a rate is and
// whether it is believed is package rates; when sources are asked is the desk's.
package bank

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"habar/digest/fetch"
	"habar/digest/rates"
)

// A Source is one publication of rates: where it is and how to read it.
// It is a value, not an interface: publishers differ only in these fields.
type Source struct {
	Name       string // ID of its publisher in rates.Publishers: "nbk"
	Table      string // which table, for a publisher that has several: "weekly"
	Env        string // environment variable that replaces URL: "HABAR_NBK_URL"
	URL        string // "{date}" stands for the day, written in Layout; "" for a stated rate
	Layout     string // layout of {date} for time.Time.Format; "" writes "latest"
	PastLayout string // layout of {date} for a past day, where it is another than Layout

	// Parse reads an answer. It must not trust body: it is fuzzed. It sets pair,
	// value and effective date.
	Parse func(body []byte) ([]rates.Quote, error)
	// State gives the rates of a source that is declared and not fetched.
	State func(day time.Time) []rates.Quote
}

// All lists every publication that habar knows. A new one is added here.
func All() []Source {
	return []Source{peg, nbk, nbkrDaily, nbkrWeekly, cbu, nbt, cbr, market, erapi}
}

// Label names the source and its table in errors: "nbkr weekly".
func (s Source) Label() string { return strings.TrimSpace(s.Name + " " + s.Table) }

// Select returns the sources with the given names, all of them for "all" or "" and
// none for "none". The peg is never left out unless all are: it is what the others
// are checked against.
func Select(names string) ([]Source, error) {
	all := All()
	switch names = strings.TrimSpace(names); names {
	case "", "all":
		return all, nil
	case "none":
		return nil, nil
	}
	wanted := map[string]bool{rates.PEG: true}
	for name := range strings.SplitSeq(names, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.ContainsFunc(all, func(s Source) bool { return s.Name == name }) {
			return nil, fmt.Errorf("no source is called %q: known are %s", name, strings.Join(Names(), ", "))
		}
		wanted[name] = true
	}
	return slices.DeleteFunc(all, func(s Source) bool { return !wanted[s.Name] }), nil
}

// Names returns the short name of every source once, in the order of All.
func Names() []string {
	var names []string
	for _, s := range All() {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// A Fetcher gets a document, bounded in size and time.
type Fetcher interface {
	Get(ctx context.Context, url string) ([]byte, error)
}

var (
	// ErrNoRates says that a publisher has nothing for the day asked for.
	ErrNoRates = errors.New("no rates for this day")
	// ErrOtherDay says that a publisher answered with the table of another day than asked for.
	ErrOtherDay = errors.New("answered with the table of another day")
)

// Latest reads the rates that hold at now, by the calendar of the publisher. Errors name
// the source.
func (s Source) Latest(ctx context.Context, f Fetcher, now time.Time) ([]rates.Quote, error) {
	publisher, _ := rates.FindPublisher(s.Name)
	zone, err := time.LoadLocation(publisher.Zone)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Label(), err)
	}
	day := rates.Day(now.In(zone))
	date := "latest"
	if s.Layout != "" {
		date = day.Format(s.Layout)
	}
	quotes, err := s.read(ctx, f, day, date)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Label(), err)
	}
	for i := range quotes {
		quotes[i].Source, quotes[i].Fetched = s.Name, now.UTC()
	}
	return quotes, nil
}

// HasHistory reports whether the source can be asked for past days.
func (s Source) HasHistory() bool {
	return (s.Layout != "" || s.PastLayout != "") && strings.Contains(s.URL, "{date}")
}

// QuotesOn reads the rates that held on a past day. A day for which the publisher has no
// file is ErrNoRates. A table of another day is refused with
// ErrOtherDay: only one of a few days before still held. Errors name the source.
func (s Source) QuotesOn(ctx context.Context, f Fetcher, day time.Time) ([]rates.Quote, error) {
	quotes, err := s.read(ctx, f, day, day.Format(cmp.Or(s.PastLayout, s.Layout)))
	if missing, ok := errors.AsType[*fetch.StatusError](err); ok && missing.Code == http.StatusNotFound {
		err = fmt.Errorf("%w: %w", ErrNoRates, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", s.Label(), day.Format(time.DateOnly), err)
	}
	for i := range quotes {
		q := &quotes[i]
		if q.Effective.After(day) || day.Sub(q.Effective) > rates.Days(rates.HoldDays) {
			return nil, fmt.Errorf("%s of %s: %w: %s", s.Label(), day.Format(time.DateOnly), ErrOtherDay, q.Effective.Format(time.DateOnly))
		}
		q.Source, q.Fetched = s.Name, day
	}
	return quotes, nil
}

func (s Source) read(ctx context.Context, f Fetcher, day time.Time, date string) ([]rates.Quote, error) {
	if s.URL == "" {
		return s.State(day), nil
	}
	body, err := f.Get(ctx, strings.ReplaceAll(s.URL, "{date}", date))
	if err != nil {
		return nil, err
	}
	if fetch.LooksLikeHTML(body) {
		return nil, fetch.ErrHTML
	}
	return s.Parse(body)
}

// ErrUnknownForm says that an answer is of no publisher that habar knows.
var ErrUnknownForm = errors.New("is not an answer of a publisher that habar knows")

// Recognise reads a saved answer of whichever publisher it is.
func Recognise(body []byte) (Source, []rates.Quote, error) {
	for _, s := range All() {
		if s.Parse == nil {
			continue
		}
		quotes, err := s.Parse(body)
		if err != nil || len(quotes) == 0 {
			continue
		}
		for i := range quotes {
			quotes[i].Source, quotes[i].Fetched = s.Name, quotes[i].Effective
		}
		return s, quotes, nil
	}
	return Source{}, nil, ErrUnknownForm
}

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

	Post    *Post // what is sent where a source is asked by POST; nil for GET
	HTML    bool  // a page is its data, and no sign that it is down
	Cadence Cadence

	// Parse reads an answer. It must not trust body: it is fuzzed. It sets pair,
	// value and effective date.
	Parse func(body []byte) ([]rates.Quote, error)
	// Range is where many days are given in one answer; nil for nowhere.
	Range *Range
	// State gives the rates of a source that is declared and not fetched.
	State func(day time.Time) []rates.Quote
}

// A Post is what is sent to a source; "{date}", "{today}" and "{week}" stand for days.
type Post struct{ Type, Body string }

// A Cadence is when a publisher gives a new table.
type Cadence struct {
	Days uint8 // days of the week that have a table of their own: bit 0 is Sunday, as in time.Weekday; 0: none is expected
	Hour int   // of the publisher's zone, by which the table of a day is out
	Late int   // days after its own on which a table comes
}

const (
	daily    = 0b1111111
	workdays = 0b0111110
	saturday = 0b1000000

	tuesdayToSaturday = 0b1111100 // of a bank that dates what it sets on a working day for the day after
)

// All lists every publication that habar knows. A new one is added here.
func All() []Source {
	return []Source{peg, nbk, nbkrDaily, nbkrWeekly, cbu, nbt, cbr, nbg, cba, mongolbank, dab, tcmb, market, erapi, imf}
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

// A Poster is a Fetcher that sends something too, as a source with a Post needs.
type Poster interface {
	Post(ctx context.Context, url, contentType, body string) ([]byte, error)
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
	return s.Range != nil || s.hasDays()
}

// hasDays reports whether the source can be asked for the table of one past day.
func (s Source) hasDays() bool {
	return (s.Layout != "" || s.PastLayout != "") && (strings.Contains(s.URL, "{date}") || s.Post != nil)
}

// ByDay returns the source as one that is asked for one day at a time, and false where it
// cannot be.
func (s Source) ByDay() (Source, bool) {
	s.Range = nil
	return s, s.hasDays()
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
	body, err := s.ask(ctx, f, strings.NewReplacer("{date}", date,
		"{today}", day.Format(time.DateOnly), "{week}", day.AddDate(0, 0, -7).Format(time.DateOnly)))
	if err != nil {
		return nil, err
	}
	if !s.HTML && fetch.LooksLikeHTML(body) {
		return nil, fetch.ErrHTML
	}
	return s.Parse(body)
}

func (s Source) ask(ctx context.Context, f Fetcher, days *strings.Replacer) ([]byte, error) {
	if s.Post == nil {
		return f.Get(ctx, days.Replace(s.URL))
	}
	p, ok := f.(Poster)
	if !ok {
		return nil, errors.New("needs a client that can POST")
	}
	return p.Post(ctx, days.Replace(s.URL), s.Post.Type, days.Replace(s.Post.Body))
}

// Silent reports whether the source should have given a newer table than the one of a day.
func (s Source) Silent(newest, now time.Time) bool {
	publisher, _ := rates.FindPublisher(s.Name)
	zone, err := time.LoadLocation(publisher.Zone)
	if err != nil {
		zone = time.UTC
	}
	return rates.SilentSince(newest, s.Cadence.Days, s.Cadence.Hour, s.Cadence.Late, now.In(zone))
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

// Package bank reads rates where central banks and markets publish them. One file a
// publisher: what is odd about its format stands at the top of it. What a rate is and
// whether it is believed is package rates; when sources are asked is the desk's.
package bank

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/net/html/charset"

	"habar/digest/fetch"
	"habar/digest/rates"
)

// A Source is one publication of rates: where it is and how to read it.
// It is a value, not an interface: publishers differ only in these fields.
type Source struct {
	Name   string // stable short name, as in /sources and --json: "nbk"
	Table  string // which table, for a publisher that has several: "weekly"
	Env    string // environment variable that replaces URL: "HABAR_NBK_URL"
	URL    string // "{date}" stands for the day, written in Layout; "" for a stated rate
	Layout string // layout of {date} for time.Time.Format; "" writes "latest"
	Past   string // layout of {date} for a past day, where it is another than Layout
	Zone   string // IANA zone whose calendar day is asked for

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

// Quotes reads the rates that hold at now. Errors name the source.
func (s Source) Quotes(ctx context.Context, f Fetcher, now time.Time) ([]rates.Quote, error) {
	zone, err := time.LoadLocation(s.Zone)
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

// KeepsPast reports whether the source can be asked for past days.
func (s Source) KeepsPast() bool {
	return (s.Layout != "" || s.Past != "") && strings.Contains(s.URL, "{date}")
}

// On reads the rates that held on a past day. A day for which the publisher has no
// file is ErrNoRates. A table of another day is refused with
// ErrOtherDay: only one of a few days before still held. Errors name the source.
func (s Source) On(ctx context.Context, f Fetcher, day time.Time) ([]rates.Quote, error) {
	quotes, err := s.read(ctx, f, day, day.Format(cmp.Or(s.Past, s.Layout)))
	if missing, ok := errors.AsType[*fetch.StatusError](err); ok && missing.Code == http.StatusNotFound {
		err = fmt.Errorf("%w: %w", ErrNoRates, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", s.Label(), day.Format(time.DateOnly), err)
	}
	for i := range quotes {
		q := &quotes[i]
		if q.Effective.After(day) || day.Sub(q.Effective) > holds {
			return nil, fmt.Errorf("%s of %s: %w: %s", s.Label(), day.Format(time.DateOnly), ErrOtherDay, q.Effective.Format(time.DateOnly))
		}
		q.Source, q.Fetched = s.Name, day
	}
	return quotes, nil
}

// holds is how long a bank's table may hold: over the long holidays of a new year.
const holds = 12 * 24 * time.Hour

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

// maxRows is more than any table of rates has.
const maxRows = 2000

// A row is a line of a bank's table: so many units of home currency per nominal units.
type row struct {
	Code    string
	Nominal string
	Value   string
}

// table turns rows into quotes of the day. A row that cannot be read spoils only
// itself, unless none can: banks list the odd currency with an empty rate.
func table(home rates.Currency, layout, date string, rows []row) ([]rates.Quote, error) {
	day, err := time.Parse(layout, strings.TrimSpace(date))
	if err != nil {
		return nil, fmt.Errorf("read date: %q is not a day", clip(date))
	}
	if len(rows) > maxRows {
		return nil, fmt.Errorf("%d rows are more than a table of rates has", len(rows))
	}
	var (
		quotes []rates.Quote
		first  error
	)
	for _, r := range rows {
		q, err := r.quote(home)
		if err != nil {
			first = cmpOr(first, err)
			continue
		}
		if q.Base != home {
			q.Effective = day
			quotes = append(quotes, q)
		}
	}
	if len(quotes) == 0 {
		return nil, cmpOr(first, ErrNoRates)
	}
	return quotes, nil
}

func (r row) quote(home rates.Currency) (rates.Quote, error) {
	code, err := rates.ParseCurrency(r.Code)
	if err != nil {
		return rates.Quote{}, err
	}
	value, err := rates.ParseDecimal(r.Value)
	if err != nil {
		return rates.Quote{}, fmt.Errorf("%s: %w", code, err)
	}
	nominal, err := rates.ParseDecimal(r.Nominal)
	if err != nil || !nominal.IsPositive() {
		return rates.Quote{}, fmt.Errorf("%s: nominal %q is not a positive number", code, clip(r.Nominal))
	}
	return rates.Quote{Pair: rates.Pair{Base: code, Quote: home}, Value: per(value, nominal)}, nil
}

// per divides by a nominal exactly. For a power of ten that is a shift of the point,
// which keeps the digits as they were published.
func per(value, nominal decimal.Decimal) decimal.Decimal {
	for shift := range int32(10) {
		if nominal.Equal(decimal.New(1, shift)) {
			return value.Shift(-shift)
		}
	}
	return value.DivRound(nominal, 24)
}

// readXML decodes XML in whatever charset it declares.
func readXML(body []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset.NewReaderLabel
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read XML: %w", err)
	}
	return nil
}

// readJSON decodes one JSON document.
func readJSON(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	return nil
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func clip(s string) string { return s[:min(len(s), 40)] }

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

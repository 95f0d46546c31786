package bank

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"habar/digest/rates"
)

// A Range is where a publisher gives many days of a few currencies in one answer.
type Range struct {
	// Ref is the address relative to that of the source: "{from}" and "{to}" stand for the
	// days, written in Layout, "{code}" for the currencies. One that is configured to be
	// elsewhere is asked there for its past too.
	Ref    string
	Layout string
	Days   int // that one answer may hold
	// Codes are what {code} is for each currency that the range is known to have.
	Codes map[rates.Currency]string
	// Join is what stands between the codes of several currencies; "" for an answer that has
	// one only.
	Join string
	// Parse reads an answer about currencies. It must not trust body.
	Parse func(body []byte, asked []rates.Currency) ([]rates.Quote, error)
}

// A Span is one question for the past of a source.
type Span struct {
	Source   Source
	From, To time.Time // both included
	Codes    []rates.Currency
}

// Spans returns the questions that give a source's figures of some currencies, from one day
// to another. Whole reports whether they give all of them: else days must be asked for.
func (s Source) Spans(wanted []rates.Currency, from, to time.Time) (spans []Span, whole bool) {
	if s.Range == nil {
		return nil, false
	}
	publisher, _ := rates.FindPublisher(s.Name)
	whole = true
	var known []rates.Currency
	for _, c := range wanted {
		switch _, has := s.Range.Codes[c]; {
		case has:
			known = append(known, c)
		case c != publisher.Currency():
			whole = false
		}
	}
	if len(known) == 0 {
		return nil, false
	}
	groups := [][]rates.Currency{known}
	if s.Range.Join == "" {
		groups = nil
		for c := range slices.Chunk(known, 1) {
			groups = append(groups, c)
		}
	}
	for _, codes := range groups {
		for first := from; !first.After(to); first = first.AddDate(0, 0, s.Range.Days) {
			last := first.AddDate(0, 0, s.Range.Days-1)
			if last.After(to) {
				last = to
			}
			spans = append(spans, Span{s, first, last, codes})
		}
	}
	return spans, whole
}

// ErrNoRange says that an answer has no figure of the days that were asked for.
var ErrNoRange = errors.New("has no rates of these days")

// Quotes asks for the span. Figures of other days and currencies are left out. Errors name
// the source.
func (s Span) Quotes(ctx context.Context, f Fetcher) ([]rates.Quote, error) {
	quotes, err := s.read(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("%s from %s to %s: %w", s.Source.Label(), s.From.Format(time.DateOnly), s.To.Format(time.DateOnly), err)
	}
	return quotes, nil
}

func (s Span) read(ctx context.Context, f Fetcher) ([]rates.Quote, error) {
	address, err := s.address()
	if err != nil {
		return nil, err
	}
	body, err := f.Get(ctx, address)
	if err != nil {
		return nil, err
	}
	quotes, err := s.Source.Range.Parse(body, s.Codes)
	if err != nil {
		return nil, err
	}
	if len(quotes) > maxRangeRows {
		return nil, fmt.Errorf("%d figures are more than a range has", len(quotes))
	}
	quotes = slices.DeleteFunc(quotes, func(q rates.Quote) bool {
		return q.Effective.Before(s.From) || q.Effective.After(s.To) || !slices.Contains(s.Codes, q.Base)
	})
	if len(quotes) == 0 {
		return nil, ErrNoRange
	}
	for i := range quotes {
		quotes[i].Source, quotes[i].Fetched = s.Source.Name, quotes[i].Effective
	}
	return quotes, nil
}

// maxRangeRows is more than the figures of a range: 40 currencies of ten years.
const maxRangeRows = 200_000

// address resolves the range's address against the source's own.
func (s Span) address() (string, error) {
	base, err := url.Parse(strings.ReplaceAll(s.Source.URL, "{date}", "latest"))
	if err != nil {
		return "", errors.New("the address is not a URL")
	}
	r := s.Source.Range
	var codes []string
	for _, c := range s.Codes {
		codes = append(codes, r.Codes[c])
	}
	ref := strings.NewReplacer("{code}", strings.Join(codes, r.Join),
		"{from}", s.From.Format(r.Layout), "{to}", s.To.Format(r.Layout),
		"{from-day}", s.From.Format("02"), "{from-month}", s.From.Format("01"), "{from-year}", strconv.Itoa(s.From.Year()),
		"{to-day}", s.To.Format("02"), "{to-month}", s.To.Format("01"), "{to-year}", strconv.Itoa(s.To.Year()),
	).Replace(r.Ref)
	to, err := base.Parse(ref)
	if err != nil {
		return "", errors.New("the address of its past is not a URL")
	}
	return to.String(), nil
}

// parseRecords reads the <ValCurs> of one currency and many days that the Bank of Russia and
// the National Bank of Tajikistan share: a <Record> a day.
func parseRecords(home rates.Currency, layout string, body []byte, asked []rates.Currency) ([]rates.Quote, error) {
	var answer struct {
		Items []struct {
			Date    string `xml:"Date,attr"`
			Code    string `xml:"CharCode"`
			Nominal string `xml:"Nominal"`
			Value   string `xml:"Value"`
		} `xml:"Record"`
	}
	if err := readXML(body, &answer); err != nil {
		return nil, err
	}
	if len(asked) != 1 {
		return nil, errors.New("one currency is asked for at a time")
	}
	var quotes []rates.Quote
	for _, it := range answer.Items {
		day, err := time.Parse(layout, strings.TrimSpace(it.Date))
		if err != nil {
			return nil, fmt.Errorf("read date: %q is not a day", shorten(it.Date))
		}
		code := cmp.Or(strings.TrimSpace(it.Code), string(asked[0]))
		if code != string(asked[0]) {
			return nil, fmt.Errorf("answered about %q for %s", shorten(code), asked[0])
		}
		q, err := row{code, it.Nominal, it.Value}.quote(home)
		if err != nil {
			continue // as in a table, an odd row spoils only itself
		}
		q.Effective = day
		quotes = append(quotes, q)
	}
	return quotes, nil
}

package rates

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"habar/digest/region"
)

func TestPublishersAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Publishers() {
		if p.ID == "" || seen[p.ID] || strings.ToLower(p.ID) != p.ID || strings.ContainsAny(p.ID, " +") {
			t.Errorf("%q is no ID of its own: it joins with + and is written in lower case", p.ID)
		}
		seen[p.ID] = true
		if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "" {
			t.Errorf("%s: zone %q: %v", p.ID, p.Zone, err)
		}
		if (p.Kind == CentralBank) != (p.Home != "" && p.Kind != StatePeg) {
			t.Errorf("%s is of kind %d and has the home %q: central banks have one, markets have none", p.ID, p.Kind, p.Home)
		}
		if c, ok := region.Find(p.Home); ok && (p.Currency() != Currency(c.Currency) || p.Zone != c.Zone) {
			t.Errorf("%s: %s and %s, its country has %s and %s", p.ID, p.Currency(), p.Zone, c.Currency, c.Zone)
		}
	}
	if p, ok := FindPublisher("zzz"); ok || p.Live() || p.Official() {
		t.Errorf("who is not listed is found: %+v", p)
	}
}

// Whose word counts, from the most to the least: each is shown only where those before it
// say nothing.
func TestWhoIsShownFollowsFromTheList(t *testing.T) {
	order := []Quote{
		quote(NBK, "USD/KZT", "500.1", 5), quote(Market, "USD/KZT", "500.2", 5), quote(ERAPI, "USD/KZT", "500.3", 5),
		quote(Page, "USD/KZT", "500.4", 5), quote(Builtin, "USD/KZT", "500.5", 5), quote("zzz", "USD/KZT", "500.6", 9),
	}
	for i := range order {
		r, ok := NewBoard(order[i:], nil).Rate(Pair{USD, KZT})
		if !ok || r.Source() != order[i].Source {
			t.Errorf("without the first %d, %s is shown, want %s", i, r.Source(), order[i].Source)
		}
		live := i < 3
		if r.Live() != live || (len(NewBoard(order[i:], nil).Live().Quotes()) > 0) != live {
			t.Errorf("%s is live: %t, want %t", r.Source(), r.Live(), live)
		}
	}
}

// A central bank is official about its own currency only: about another pair it is one
// voice of the market, which digits and days then decide.
func TestCentralBankIsOfficialAtHomeOnly(t *testing.T) {
	board := NewBoard([]Quote{quote(NBT, "USD/KZT", "501.123456", 9), quote(NBK, "USD/KZT", "500.1", 5)}, nil)
	if r, _ := board.Rate(Pair{USD, KZT}); r.Source() != NBK {
		t.Errorf("the National Bank of Tajikistan is believed about tenge: %s from %s", r.Value, r.Source())
	}
	if rankOf(quote(CBR, "USD/RUB", "80", 5)) != officialRank || rankOf(quote(CBR, "USD/KZT", "500", 5)) == officialRank {
		t.Error("the Bank of Russia is official about the wrong currency")
	}
}

// past is a history of what NBK said, a day each from the first of the month on.
type past []string

func (p past) all() (all []Quote) {
	for i, value := range p {
		if value != "" {
			all = append(all, quote(NBK, "USD/KZT", value, i+1))
		}
	}
	return all
}

func (p past) Board(context.Context) (Board, error) { return NewBoard(p.all(), nil), nil }

func (p past) QuoteOn(_ context.Context, pair Pair, source string, day time.Time) (best Quote, ok bool, _ error) {
	for _, q := range p.all() {
		if q.Pair == pair && q.Source == source && !q.Effective.After(day) {
			best, ok = q, true
		}
	}
	return best, ok, nil
}

func (p past) Series(_ context.Context, pair Pair, source string, since time.Time) (all []Quote, _ error) {
	for _, q := range p.all() {
		if q.Pair != pair || q.Source != source {
			continue
		}
		if !q.Effective.After(since) {
			all = all[:0]
		}
		all = append(all, q)
	}
	return all, nil
}

func TestExtremes(t *testing.T) {
	tests := []struct {
		name      string
		past      past
		days      int
		low, high string // "" where it is not known
	}{
		{"of the days before, and not of the day itself", past{"500", "505", "495", "520"}, 3, "495", "505"},
		{"a day without a figure counts as the one before it", past{"510", "", "", "500", "520"}, 2, "500", "510"},
		{"what held when the days began counts", past{"490", "", "500", "505", "500"}, 3, "490", "505"},
		{"history that begins within the days says nothing", past{"", "", "500", "505", "500"}, 4, "", ""},
		{"a figure holds for twelve days", past{"500", "", "", "", "", "", "", "", "", "", "", "", "", "505", "510"}, 14, "500", "505"},
		{"and not for thirteen", past{"500", "", "", "", "", "", "", "", "", "", "", "", "", "", "505", "510"}, 15, "", ""},
		{"what was before a silence does not matter", past{"500", "", "", "", "", "", "", "", "", "", "", "", "", "", "505", "510"}, 1, "505", "505"},
		{"one day", past{"500", "505", "520"}, 1, "505", "505"},
		{"nothing before", past{"500"}, 7, "", ""},
	}
	for _, tt := range tests {
		board, _ := tt.past.Board(t.Context())
		r, _ := board.Rate(Pair{USD, KZT})
		all, err := r.Extremes(t.Context(), []int{365, tt.days, 364}, tt.past.Series)
		e, known := all[tt.days]
		if err != nil || known != (tt.low != "") || known && (e.Low.String() != tt.low || e.High.String() != tt.high) {
			t.Errorf("%s: %s to %s, known %t, %v, want %s to %s", tt.name, e.Low, e.High, known, err, tt.low, tt.high)
		}
	}
	broken := errors.New("no database")
	board, _ := past{"500", "505"}.Board(t.Context())
	r, _ := board.Rate(Pair{USD, KZT})
	if _, err := r.Extremes(t.Context(), []int{2}, func(context.Context, Pair, string, time.Time) ([]Quote, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
}

func TestListAndCourse(t *testing.T) {
	p := past{"500", "", "", "", "", "", "", "510", "505"}
	all, err := List(t.Context(), p, Pair{USD, KZT}, Pair{USD, TJS})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d rates listed, %v, want the one that is known", len(all), err)
	}
	var moves []string
	for _, m := range all[0].Moves {
		if m.Known {
			moves = append(moves, m.Percent.String())
		} else {
			moves = append(moves, "?")
		}
	}
	if got := strings.Join(moves, " "); got != "-0.98 1 ?" {
		t.Errorf("moves over a day, a week, a month = %s, want -0.98 1 ?", got)
	}
	now := all[0].Effective().Add(15 * time.Hour)
	c, ok, err := CourseOf(t.Context(), p, Pair{USD, KZT}, 4, now)
	if err != nil || !ok || len(c.Points) != 3 || !c.Points[0].Day.Equal(c.From) || c.Points[0].Value.String() != "500" {
		t.Errorf("course = %+v, %t, %v, want what held at its beginning and two days", c, ok, err)
	}
	if _, ok, err := CourseOf(t.Context(), p, Pair{USD, TJS}, 4, now); ok || err != nil {
		t.Errorf("a course of what nobody quotes: %t, %v", ok, err)
	}
}

func TestParsePairAndCurrency(t *testing.T) {
	for text, want := range map[string]string{
		"USD/KZT": "USD/KZT", "usd-kzt": "USD/KZT", "usdkzt": "USD/KZT", "kzt": "USD/KZT", "usd": "USD/KZT", " eur/usd ": "EUR/USD",
		"": "", "USD/": "", "/KZT": "", "USD/USD": "", "XXQ": "", "USD/KZT/EUR": "", "долл": "", strings.Repeat("x", 500): "",
	} {
		p, err := ParsePair(text)
		if (err == nil) != (want != "") || err == nil && p.String() != want {
			t.Errorf("ParsePair(%.20q) = %s, %v, want %q", text, p, err, want)
		}
		if err != nil && len(err.Error()) > 120 {
			t.Errorf("the error repeats all of a hostile text: %d bytes", len(err.Error()))
		}
	}
	var c Currency
	for text, ok := range map[string]bool{"usd": true, " KZT ": true, "XXQ": true, "us": false, "ДОЛ": false, "us1": false} {
		if err := c.UnmarshalText([]byte(text)); (err == nil) != ok {
			t.Errorf("UnmarshalText(%q): %v, want it read: %t", text, err, ok)
		}
	}
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"478.77": "478.77", "87,45": "87.45", " 5,39256E-05 ": "0.0000539256", "0": "0", "-3": "-3",
		"": "", "x": "", "1e999999999": "", "1e-999": "", strings.Repeat("9", 60): "", "1.2.3": "",
	} {
		d, err := ParseDecimal(text)
		if (err == nil) != (want != "") || err == nil && Plain(d) != want {
			t.Errorf("ParseDecimal(%.20q) = %s, %v, want %q", text, d, err, want)
		}
	}
	for text, want := range map[string]int32{"3.5": 0, "478.77": 2, "0.00008": -5, "10": 1} {
		d, _ := ParseDecimal(text)
		if got := Magnitude(d); got != want {
			t.Errorf("Magnitude(%s) = %d, want %d", text, got, want)
		}
	}
}

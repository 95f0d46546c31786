package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
)

// memory is a Book of the simplest kind: lists that are searched through.
type memory struct {
	alerts  map[int64]Alert
	firings []Firing
	undone  map[int64]bool
	quotes  []rates.Quote
	offers  []offers.Offer
	notices []Notice
	broken  string // the method that fails
}

func newMemory(alerts ...Alert) *memory {
	m := &memory{alerts: map[int64]Alert{}, undone: map[int64]bool{}}
	for i, a := range alerts {
		a.ID = int64(i + 1)
		m.alerts[a.ID] = a
	}
	return m
}

func (m *memory) fails(method string) error {
	if m.broken == method {
		return errors.New(method + " is broken")
	}
	return nil
}

func (m *memory) sorted() (all []Alert) {
	for id := range int64(len(m.alerts)) {
		all = append(all, m.alerts[id+1])
	}
	return all
}

func (m *memory) Due(_ context.Context, now time.Time) (due []Alert, _ error) {
	for _, a := range m.sorted() {
		if t := a.NextWake(); !t.IsZero() && !t.After(now) {
			due = append(due, a)
		}
	}
	return due, m.fails("Due")
}

func (m *memory) Watched(context.Context) (gauges []Gauge, _ error) {
	for _, a := range m.sorted() {
		if r := a.QuietRange(); (r.Low.Valid || r.High.Valid) && !slices.Contains(gauges, a.Gauge()) {
			gauges = append(gauges, a.Gauge())
		}
	}
	return gauges, m.fails("Watched")
}

func (m *memory) Reached(_ context.Context, values []Value) (reached []Alert, _ error) {
	for _, a := range m.sorted() {
		for _, v := range values {
			if a.Gauge() == v.Gauge && a.QuietRange().Side(v.Value) != Either {
				reached = append(reached, a)
			}
		}
	}
	return reached, m.fails("Reached")
}

func (m *memory) OffersOf(_ context.Context, p rates.Pair) (all []offers.Offer, _ error) {
	for _, o := range m.offers {
		if o.Pair == p {
			all = append(all, o)
		}
	}
	return all, m.fails("OffersOf")
}

func (m *memory) FiringsSince(_ context.Context, since time.Time) (all []Firing, _ error) {
	for _, f := range slices.Backward(m.firings) {
		if !f.At.Before(since) && !m.undone[f.ID] {
			all = append(all, f)
		}
	}
	return all, m.fails("FiringsSince")
}

func (m *memory) Alert(_ context.Context, id int64) (Alert, bool, error) {
	a, ok := m.alerts[id]
	return a, ok, m.fails("Alert")
}

func (m *memory) Save(_ context.Context, a Alert) error {
	m.alerts[a.ID] = a
	return m.fails("Save")
}

func (m *memory) Record(_ context.Context, f Firing) (int64, error) {
	f.ID = int64(len(m.firings) + 1)
	m.firings = append(m.firings, f)
	return f.ID, m.fails("Record")
}

func (m *memory) MarkUndone(_ context.Context, firing int64, _ time.Time) error {
	m.undone[firing] = true
	return m.fails("MarkUndone")
}

func (m *memory) Queue(_ context.Context, n Notice) error {
	m.notices = append(m.notices, n)
	return m.fails("Queue")
}

func (m *memory) QuoteOn(_ context.Context, pair rates.Pair, source string, day time.Time) (best rates.Quote, ok bool, _ error) {
	for _, q := range m.quotes {
		if q.Pair == pair && q.Source == source && !q.Effective.After(day) && (!ok || q.Effective.After(best.Effective)) {
			best, ok = q, true
		}
	}
	return best, ok, m.fails("QuoteOn")
}

func (m *memory) Series(_ context.Context, pair rates.Pair, source string, since time.Time) (all []rates.Quote, _ error) {
	for _, q := range m.quotes {
		if q.Pair == pair && q.Source == source {
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b rates.Quote) int { return a.Effective.Compare(b.Effective) })
	for len(all) > 1 && !all[1].Effective.After(since) {
		all = all[1:]
	}
	return all, m.fails("Series")
}

var usdkzt = rates.Pair{Base: rates.USD, Quote: rates.KZT}

func day(n int) time.Time { return noon.AddDate(0, 0, n) }

// say keeps what NBK said on a day and plays a round over it. It returns what was queued.
func (m *memory) say(t *testing.T, at time.Time, value string, corrections ...rates.Correction) []Notice {
	t.Helper()
	q := rates.Quote{Pair: usdkzt, Value: dec(value), Source: rates.NBK, Effective: rates.Day(at), Fetched: at}
	m.quotes = slices.DeleteFunc(m.quotes, func(old rates.Quote) bool { return old.Effective.Equal(q.Effective) })
	m.quotes = append(m.quotes, q)
	m.notices = nil
	n, err := Round(t.Context(), m, rates.NewBoard(m.quotes, nil), at, corrections)
	if err != nil {
		t.Fatal(err)
	}
	if n != len(m.notices) {
		t.Errorf("%d messages are said to be queued, %d are", n, len(m.notices))
	}
	return m.notices
}

// set returns an alert of chat 7 as it is set by words when USD/KZT is 500.
func set(t *testing.T, words string) Alert {
	t.Helper()
	req, err := Parse(words, noon)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(req.Terms, 7, shown(noon, "500", ""))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRoundTellsAChatOnce(t *testing.T) {
	other := set(t, "usd/kzt > 505")
	other.Chat = 8
	m := newMemory(set(t, "usd/kzt > 504"), set(t, "usd/kzt +1%"), set(t, "usd/kzt < 400"), other)
	m.say(t, day(0), "500")
	got := m.say(t, day(1), "506")
	if len(got) != 2 || got[0].Chat != 7 || len(got[0].Alerts) != 2 || got[1].Chat != 8 || len(got[1].Alerts) != 1 {
		t.Fatalf("queued %+v, want two alerts for chat 7 and one for chat 8", got)
	}
	f := got[0].Alerts[0]
	if f.AlertID != 1 || !f.Above || f.Value.String() != "506" || f.Before.String() != "500" || f.Source != rates.NBK || !f.Day.Equal(rates.Day(day(1))) || f.Amount.String() != "504" {
		t.Errorf("told %+v", f)
	}
	if p := got[0].Alerts[1]; p.From.String() != "500" || p.Kind != Percent {
		t.Errorf("the percentage counts from %s, want 500", p.From)
	}
	if again := m.say(t, day(2), "507"); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
}

func TestRoundUndoesWhatRestsOnACorrectedFigure(t *testing.T) {
	m := newMemory(set(t, "usd/kzt > 505"), set(t, "usd/kzt > 501 repeat"))
	m.say(t, day(0), "500")
	m.say(t, day(1), "506")
	wrong := m.quotes[len(m.quotes)-1]
	right := wrong
	right.Value, right.Fetched = dec("502"), day(1).Add(time.Hour)
	got := m.say(t, day(1).Add(time.Hour), "502", rates.Correction{Was: wrong, Is: right})
	if len(got) != 1 || !got[0].Undone || len(got[0].Alerts) != 1 {
		t.Fatalf("queued %+v, want one alert undone: 502 is above 501 all the same", got)
	}
	if f := got[0].Alerts[0]; f.AlertID != 1 || f.Before.String() != "506" || f.Value.String() != "502" {
		t.Errorf("told %+v, want from 506 to 502", f)
	}
	if a := m.alerts[1]; a.State != Armed || !a.Fired.IsZero() {
		t.Errorf("the alert is %+v, want as it was before it fired", a)
	}
	if got := m.say(t, day(2), "505"); len(got) != 1 || got[0].Undone {
		t.Errorf("after the correction it fires again once: %+v", got)
	}
}

func TestCorrectionLeavesAloneWhatItsReaderChanged(t *testing.T) {
	m := newMemory(set(t, "usd/kzt > 505"))
	m.say(t, day(0), "500")
	m.say(t, day(1), "506")
	wrong := m.quotes[len(m.quotes)-1]
	right := wrong
	right.Value = dec("502")
	m.alerts[1] = m.alerts[1].Pause()
	if got := m.say(t, day(1).Add(time.Hour), "502", rates.Correction{Was: wrong, Is: right}); len(got) != 1 || m.alerts[1].State != Paused {
		t.Errorf("queued %+v, the alert is %s, want it told and left paused", got, m.alerts[1].State)
	}
}

// What breaks ends the round with an error that names it: the store then keeps nothing.
func TestRoundThatBreaksSaysWhere(t *testing.T) {
	for _, method := range []string{"Due", "Watched", "QuoteOn", "Reached", "Save", "Record", "Queue", "FiringsSince", "OffersOf"} {
		m := newMemory(set(t, "usd/kzt > 505"), set(t, "usd/kzt 1% 7d"), set(t, "usd/kzt > 501"), set(t, "cash sell usd/kzt > 505"))
		m.say(t, day(0), "500")
		m.broken = method
		board := rates.NewBoard([]rates.Quote{{Pair: usdkzt, Value: dec("506"), Source: rates.NBK, Effective: rates.Day(day(1)), Fetched: day(1)}}, nil)
		corrections := []rates.Correction{{Was: m.quotes[0], Is: m.quotes[0]}}
		if _, err := Round(t.Context(), m, board, day(1), corrections); err == nil || !strings.Contains(err.Error(), method) {
			t.Errorf("%s is broken: err = %v", method, err)
		}
	}
}

func TestHighOfSomeDays(t *testing.T) {
	tests := []struct {
		name, words string
		before      int      // days of history before the alert is set
		rates       []string // a day each, from the day on which it is set
		fires       []int
	}{
		{"a new high fires once", "usd/kzt high 7d", 8, []string{"500", "500", "500.01", "501"}, []int{2}},
		{"the same as before is none", "usd/kzt high 7d", 8, []string{"500", "500", "500"}, nil},
		{"a low leaves it alone", "usd/kzt high 7d", 8, []string{"500", "490"}, nil},
		{"a new low", "usd/kzt low 7d", 8, []string{"500", "499.99"}, []int{1}},
		{"a repeated one is told again a quarter of a percent higher", "usd/kzt high 7d repeat", 8, []string{"500", "501", "502", "503", "500", "504", "505"}, []int{1, 3, 6}},
		{"and each time in a trend", "usd/kzt high 7d repeat", 8, []string{"501", "503", "506", "509"}, []int{1, 2, 3}},
		{"once what was told is before its days, any new high is", "usd/kzt low 3d repeat", 8, []string{"499", "498", "498", "498", "498", "497.9"}, []int{1, 5}},
		{"the days roll on: a high of long ago no longer counts", "usd/kzt high 3d", 8, []string{"510", "505", "505", "505", "506"}, []int{4}},
		{"set at a high it is told of the next", "usd/kzt high 7d", 8, []string{"505", "505", "504", "505.01"}, []int{3}},
		{"set at a low, too", "usd/kzt low 7d", 8, []string{"495", "495", "494.99"}, []int{2}},
		{"without history it waits for it", "usd/kzt high 7d", 3, []string{"500", "510", "505", "506", "507", "508", "520"}, []int{6}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := Parse(tt.words, noon)
			if err != nil {
				t.Fatal(err)
			}
			a, err := New(req.Terms, 7, Reading{At: noon})
			if err != nil {
				t.Fatal(err)
			}
			m := newMemory(a)
			for n := -tt.before; n < 0; n++ {
				m.quotes = append(m.quotes, rates.Quote{Pair: usdkzt, Value: dec("500"), Source: rates.NBK, Effective: rates.Day(day(n)), Fetched: day(n)})
			}
			var fires []int
			for i, rate := range tt.rates {
				if got := m.say(t, day(i), rate); len(got) > 0 {
					fires = append(fires, i)
				}
			}
			if !slices.Equal(fires, tt.fires) {
				t.Errorf("fired on days %v, want %v; the alert is %+v", fires, tt.fires, m.alerts[1])
			}
		})
	}
}

// A figure that is far from the days asked about says nothing of their high.
func TestGapInHistoryIsNoHigh(t *testing.T) {
	req, _ := Parse("usd/kzt high 30d", noon)
	a, _ := New(req.Terms, 7, Reading{At: noon})
	m := newMemory(a)
	m.quotes = []rates.Quote{{Pair: usdkzt, Value: dec("400"), Source: rates.NBK, Effective: rates.Day(day(-200)), Fetched: day(-200)}}
	m.say(t, day(0), "500")
	if got := m.say(t, day(1), "510"); len(got) != 0 || m.alerts[1].State != Unstarted {
		t.Errorf("queued %+v, the alert is %s, want it to wait for thirty days of history", got, m.alerts[1].State)
	}
}

// What holds of every kind, so that a new one is a file, a line, and its words.
func TestEveryKind(t *testing.T) {
	reading := shown(noon, "500", "490")
	watched := map[Kind][]Market{Level: {{}, counter}, Percent: {{}, counter}, Extreme: {{}}, Gap: {counter}}
	for _, name := range Kinds() {
		t.Run(string(name), func(t *testing.T) {
			var rows [][]Terms
			for _, m := range watched[name] {
				rows = append(rows, Suggest(name, Gauge{Pair: usdkzt, Market: m}, reading)...)
			}
			if len(rows) == 0 {
				t.Fatal("suggests nothing: the dialog would have no buttons")
			}
			for _, row := range rows {
				for _, terms := range row {
					again, err := Parse(terms.Pair.String()+" "+terms.Words(), noon)
					if terms.Market != (Market{}) && terms.Window > 0 && errors.Is(err, ErrMarket) {
						continue // nothing is kept of offers that such a one could look back to
					}
					if err != nil || fmt.Sprint(again.Terms) != fmt.Sprint(terms) {
						t.Errorf("%+v is written %q, which reads as %+v, %v", terms, terms.Words(), again.Terms, err)
						continue
					}
					a, err := New(terms, 7, reading)
					if err != nil {
						t.Errorf("%q: %v", terms.Words(), err)
						continue
					}
					if g, err := ParseGauge(a.Gauge().String()); err != nil || g != a.Gauge() {
						t.Errorf("%q watches %q, which reads as %v, %v", terms.Words(), a.Gauge(), g, err)
					}
					if side := firesOn(a, shown(noon, "500", "")); terms.Direction != Either && side != terms.Direction || side == Either {
						t.Errorf("%q never fires, however the rate moves", terms.Words())
					}
					if s := a.Shown(); s.Condition == "" || s.Plan == "" || s.Event == "" {
						t.Errorf("%q is shown by %+v", terms.Words(), s)
					}
				}
			}
		})
	}
}

// firesOn arms an alert at a reading and returns how it fires when the rate is then tenfold
// or next to nothing.
func firesOn(a Alert, from Reading) Side {
	for _, days := range []int{1, 2, 7, 30, 90, 365} {
		for _, basis := range []Basis{OfChange, OfHigh, OfLow} {
			from.References[Gauge{Pair: a.Pair, Basis: basis, Days: days}] = from.Rate.Value
		}
	}
	a = a.Arm(from)
	for _, value := range []string{"5000", "0.5"} {
		r := shown(from.At.Add(time.Hour), value, "")
		r.References = from.References
		if _, side := a.Step(r); side != Either {
			return side
		}
	}
	return Either
}

func TestParseGaugeRefusesWhatNoKindWatches(t *testing.T) {
	for _, s := range []string{"", "USD/KZT x", "USD/KZT 0d", "USD/KZT 7", "USD/KZT mean 7d", "USD/KZT high 7d now", "XX/YY", "USD/KZT high -1d", "USD/KZT cash:sell high", "USD/KZT cash:sell gap 7d"} {
		if g, err := ParseGauge(s); err == nil {
			t.Errorf("ParseGauge(%q) = %v", s, g)
		}
	}
}

// Rows that an earlier habar left in the outbox are still read.
func TestFiredReadsOldRows(t *testing.T) {
	tests := []struct{ name, row, want string }{
		{"before there were kinds", `{"alert_id":3,"pair":{"base":"USD","quote":"KZT"},"above":true,"level":"550","value":"551"}`, "level > 550"},
		{"falling", `{"pair":{"base":"USD","quote":"KZT"},"above":false,"level":"450"}`, "level < 450"},
		{"with kinds", `{"pair":{"base":"USD","quote":"KZT"},"level":"2","kind":"percent","direction":-1,"window":7,"repeat":true}`, "percent -2% 7d repeat"},
		{"of today", `{"pair":{"base":"USD","quote":"KZT"},"amount":"2","kind":"percent","direction":1}`, "percent +2%"},
	}
	for _, tt := range tests {
		var f Fired
		if err := json.Unmarshal([]byte(tt.row), &f); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := string(f.Kind) + " " + f.Words(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		body, err := json.Marshal(f)
		var again Fired
		if err != nil || json.Unmarshal(body, &again) != nil || fmt.Sprint(again) != fmt.Sprint(f) {
			t.Errorf("%s: written and read again it is %+v, want %+v", tt.name, again, f)
		}
	}
	if err := json.Unmarshal([]byte(`{"alert_id":"x"}`), new(Fired)); err == nil {
		t.Error("nonsense was read")
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		words, rate, want string
	}{
		{"usd/kzt > 550", "500", "10"},
		{"usd/kzt < 450", "500", "-10"},
		{"usd/kzt 2%", "500", "2"},
		{"usd/kzt +2% 7d", "500", "-0.04"}, // it is 2.04 % above the week before: waiting
	}
	for _, tt := range tests {
		req, err := Parse(tt.words, noon)
		if err != nil {
			t.Fatal(err)
		}
		r := shown(noon, tt.rate, "490")
		a, err := New(req.Terms, 7, r)
		if err != nil {
			t.Fatal(err)
		}
		a.State = Armed
		got, ok := a.Distance(r)
		if !ok || got.String() != tt.want {
			t.Errorf("%s at %s is %s away, %t, want %s", tt.words, tt.rate, got, ok, tt.want)
		}
	}
	if _, ok := (Alert{Terms: Terms{Pair: usdkzt, Kind: Level, Direction: Up, Amount: decimal.NewFromInt(5)}, State: Paused}).Distance(shown(noon, "4", "")); ok {
		t.Error("a paused alert has a distance")
	}
}

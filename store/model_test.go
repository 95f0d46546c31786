package store_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// The model is alerts as one would tell of them to a child: every alert is asked about
// every figure, nothing is indexed, nothing is kept but in memory, and all arithmetic is
// in fractions.

type modelAlert struct {
	id, chat       int64
	base, quote    rates.Currency
	level, percent *big.Rat // both are nil of one for the highest or lowest of the window
	direction      int
	window         int
	repeat         bool

	state    string // "", "armed", "waiting", "done", "paused"; "": has seen no rate
	beyond   int
	counted  *big.Rat // the rate that a percentage counts from; nil: the window
	since    time.Time
	muted    time.Time
	fired    time.Time
	everFire bool
}

type modelFiring struct {
	before  modelAlert
	at      time.Time
	days    map[rates.Currency]time.Time // the day of each figure it rests on
	figures map[rates.Currency]string
	against *big.Rat
	undone  bool
}

type model struct {
	days    map[rates.Currency]map[time.Time]string // what each bank said of a US dollar, by day
	alerts  []modelAlert
	firings []modelFiring
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

// latest returns the day of the newest figure of a currency.
func (m *model) latest(c rates.Currency) (day time.Time) {
	for d := range m.days[c] {
		if d.After(day) {
			day = d
		}
	}
	return day
}

// on returns the figure of a currency for a day or the last one before it.
func (m *model) on(c rates.Currency, day time.Time) (string, bool) {
	for range rates.HoldDays + 1 {
		if s, ok := m.days[c][day]; ok {
			return s, true
		}
		day = day.AddDate(0, 0, -1)
	}
	return "", false
}

// between makes the rate of a pair from figures per US dollar.
func between(base, quote rates.Currency, of map[rates.Currency]string) *big.Rat {
	per := func(c rates.Currency) *big.Rat {
		if c == rates.USD {
			return rat("1")
		}
		return rat(of[c])
	}
	return new(big.Rat).Quo(per(quote), per(base))
}

// now returns the rate of an alert's pair with the figures it rests on, and nil where
// one of them is missing or too old.
func (m *model) now(a modelAlert, at time.Time) (*big.Rat, map[rates.Currency]time.Time, map[rates.Currency]string) {
	days, figures := map[rates.Currency]time.Time{}, map[rates.Currency]string{}
	for _, c := range []rates.Currency{a.base, a.quote} {
		if c == rates.USD {
			continue
		}
		day := m.latest(c)
		if day.Before(rates.Day(at).AddDate(0, 0, -10)) {
			return nil, nil, nil
		}
		days[c], figures[c] = day, m.days[c][day]
	}
	return between(a.base, a.quote, figures), days, figures
}

// against is what a rate is held against: what it was a window ago, or the highest or
// the lowest that it was since. Nil where that is not known.
func (m *model) against(a modelAlert, days map[rates.Currency]time.Time) (reference *big.Rat) {
	figures := map[rates.Currency]string{}
	newest := time.Time{}
	for c, day := range days {
		figures[c], _ = m.on(c, day.AddDate(0, 0, -a.window))
		if day.After(newest) {
			newest = day
		}
	}
	if a.level != nil || a.percent != nil {
		if slices.Contains(slices.Collect(maps.Values(figures)), "") {
			return nil
		}
		return between(a.base, a.quote, figures)
	}
	for day := newest.AddDate(0, 0, -a.window); day.Before(newest); day = day.AddDate(0, 0, 1) {
		for c := range days {
			var ok bool
			if figures[c], ok = m.on(c, day); !ok {
				return nil
			}
		}
		if v := between(a.base, a.quote, figures); reference == nil || v.Cmp(reference)*a.direction > 0 {
			reference = v
		}
	}
	return reference
}

// reach says on which side an alert's condition holds.
func (a modelAlert) reach(value, against *big.Rat) int {
	switch {
	case a.level == nil && a.percent == nil:
		line := against
		if a.counted != nil && a.everFire {
			line = new(big.Rat).Mul(a.counted, new(big.Rat).Add(rat("1"), new(big.Rat).Mul(rat("0.0025"), big.NewRat(int64(a.direction), 1))))
			if value.Cmp(line) == 0 {
				return a.direction
			}
		} else if a.counted != nil {
			line = a.counted
		}
		if line != nil && value.Cmp(line)*a.direction > 0 {
			return a.direction
		}
		return 0
	case a.percent == nil:
		if value.Cmp(a.level)*a.direction >= 0 {
			return a.direction
		}
		return 0
	}
	from := a.counted
	if from == nil {
		from = against
	}
	if from == nil {
		return 0
	}
	part := new(big.Rat).Mul(from, new(big.Rat).Quo(a.percent, rat("100")))
	switch {
	case a.direction >= 0 && value.Cmp(new(big.Rat).Add(from, part)) >= 0:
		return 1
	case a.direction <= 0 && value.Cmp(new(big.Rat).Sub(from, part)) <= 0:
		return -1
	}
	return 0
}

// cameBack says whether a waiting alert may be armed.
func (a modelAlert) cameBack(value, against *big.Rat) bool {
	if a.level == nil {
		one := a
		one.direction = a.beyond
		return (a.counted != nil || against != nil) && one.reach(value, against) == 0
	}
	line := a.level
	if a.everFire {
		line = new(big.Rat).Mul(line, new(big.Rat).Sub(rat("1"), new(big.Rat).Mul(rat("0.0025"), big.NewRat(int64(a.beyond), 1))))
	}
	return value.Cmp(line)*a.beyond < 0
}

// start is an alert that begins at a rate.
func (m *model) start(a *modelAlert, at time.Time) {
	a.state, a.beyond, a.counted, a.muted, a.since = "", 0, nil, time.Time{}, time.Time{}
	value, days, _ := m.now(*a, at)
	if value == nil {
		return
	}
	if a.percent != nil && a.window == 0 {
		a.counted, a.since = value, at
	}
	against := m.against(*a, days)
	if a.window > 0 && against == nil {
		return
	}
	a.state = "armed"
	switch side := a.reach(value, against); {
	case side == 0:
	case a.level == nil && a.percent == nil:
		a.counted, a.since = value, at
	default:
		a.state, a.beyond = "waiting", side
	}
}

// round is what a new figure does: first what a correction takes back, then what fires.
func (m *model) round(at time.Time, c rates.Currency, figure string) (undone, fired map[int64][]int64) {
	undone, fired = map[int64][]int64{}, map[int64][]int64{}
	day := rates.Day(at)
	was, corrected := m.days[c][day]
	corrected = corrected && rat(was).Cmp(rat(figure)) != 0
	m.days[c][day] = figure
	for i := len(m.firings) - 1; i >= 0 && corrected; i-- {
		f := &m.firings[i]
		if f.undone || f.figures[c] == "" || !f.days[c].Equal(day) || f.figures[c] != was {
			continue
		}
		right := maps.Clone(f.figures)
		right[c] = figure
		if f.before.reach(between(f.before.base, f.before.quote, right), f.against) != 0 {
			continue
		}
		f.undone = true
		undone[f.before.chat] = append(undone[f.before.chat], f.before.id)
		for j := range m.alerts {
			if a := &m.alerts[j]; a.id == f.before.id && a.fired.Equal(f.at) && a.state != "paused" {
				muted := a.muted
				*a = f.before
				a.muted = muted
			}
		}
	}
	for i := range m.alerts {
		if m.look(&m.alerts[i], at) {
			fired[m.alerts[i].chat] = append(fired[m.alerts[i].chat], m.alerts[i].id)
		}
	}
	return undone, fired
}

// look asks one alert about the rates as they are, and whether it fires.
func (m *model) look(a *modelAlert, at time.Time) bool {
	if a.state == "done" || a.state == "paused" {
		return false
	}
	if !a.muted.IsZero() && !at.Before(a.muted) {
		a.muted = time.Time{}
	}
	if a.window > 0 && a.counted != nil && !at.Before(a.since.AddDate(0, 0, a.window)) {
		a.counted = nil
	}
	value, days, figures := m.now(*a, at)
	if !a.muted.IsZero() || value == nil {
		return false
	}
	against := m.against(*a, days)
	if a.state == "" {
		m.start(a, at)
		return false
	}
	if a.state == "waiting" && a.cameBack(value, against) {
		a.state, a.beyond = "armed", 0
	}
	side := a.reach(value, against)
	if a.state != "armed" || side == 0 || a.repeat && a.everFire && at.Sub(a.fired) < time.Hour {
		return false
	}
	m.firings = append(m.firings, modelFiring{before: *a, at: at, days: days, figures: figures, against: against})
	a.fired, a.everFire, a.beyond, a.state = at, true, side, "done"
	if a.repeat && a.level != nil {
		a.state = "waiting"
	} else if a.repeat {
		a.state, a.beyond, a.counted, a.since = "armed", 0, value, at
	}
	return true
}

// gauges are those that alerts of the model on a pair read.
func gauges(p rates.Pair) (all []alert.Gauge) {
	for _, days := range alert.Windows() {
		all = append(all, alert.Gauge{Pair: p, Basis: alert.OfChange, Days: days})
	}
	for _, days := range []int{2, 5} {
		all = append(all, alert.Gauge{Pair: p, Basis: alert.OfHigh, Days: days}, alert.Gauge{Pair: p, Basis: alert.OfLow, Days: days})
	}
	return all
}

func lines(told map[int64][]int64, kind delivery.Kind) (all []string) {
	for chat, ids := range told {
		all = append(all, fmt.Sprint(kind, " to ", chat, " of ", ids))
	}
	return all
}

// Whatever is set, quoted, corrected, muted, paused and restarted: the store's indexes
// and transactions tell of the same alerts as the model that asks each about everything.
func TestAlertsAreThoseOfASimpleModel(t *testing.T) {
	test := t
	rapid.Check(t, func(t *rapid.T) {
		path := storetest.Where(test)
		ctx := t.Context()
		db, err := store.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		at := noon
		for _, chat := range []int64{1, 2} {
			if _, err := db.Register(ctx, reader.New(chat, "en"), at); err != nil {
				t.Fatal(err)
			}
		}
		m := &model{days: map[rates.Currency]map[time.Time]string{rates.KZT: {}, rates.KGS: {}}}
		cents := map[rates.Currency]int{rates.KZT: 50000, rates.KGS: 8745}
		pairs := []string{"USD/KZT", "KZT/USD", "KGS/KZT", "KZT/KGS", "USD/KGS"}
		t.Repeat(map[string]func(*rapid.T){
			"a bank quotes": func(t *rapid.T) {
				at = at.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour).Add(-time.Duration(rapid.IntRange(0, 59).Draw(t, "minutes")) * time.Minute)
				c := rapid.SampledFrom([]rates.Currency{rates.KZT, rates.KZT, rates.KGS}).Draw(t, "currency")
				before := cents[c]
				cents[c] += cents[c] * rapid.IntRange(-300, 300).Draw(t, "basis points") / 10000
				if want := map[rates.Currency]int{rates.KZT: 50000, rates.KGS: 8745}[c]; cents[c] < want*9/10 || cents[c] > want*11/10 {
					cents[c] += (want - cents[c]) / 4 // never more than 5 % at once
				}
				figure := decimal.New(int64(cents[c]), -2).String()
				source := map[rates.Currency]string{rates.KZT: rates.NBK, rates.KGS: rates.NBKR}[c]
				board, err := db.Board(ctx)
				if err != nil {
					t.Fatal(err)
				}
				v := rates.Judge(board, []rates.Quote{quote(source, rates.Pair{Base: rates.USD, Quote: c}, figure, at)}, at)
				if len(v.Accepted) == 0 && len(v.Quarantined) == 0 {
					t.Skip("the same as before")
				}
				if len(v.Quarantined) == 1 && v.Quarantined[0].Doubt.Kind == rates.Unsteady {
					cents[c] = before
					if queued, err := db.SaveVerdict(ctx, v); err != nil || queued != 0 {
						t.Fatalf("a figure that was taken back told %d, %v", queued, err)
					}
					return
				}
				if len(v.Accepted) != 1 {
					t.Fatalf("%s not accepted: %v", figure, v.Quarantined)
				}
				undone, fired := m.round(at, c, figure)
				want := append(lines(undone, delivery.AlertUndone), lines(fired, delivery.AlertFired)...)
				for range 2 { // said twice, it is told once
					if _, err := db.SaveVerdict(ctx, v); err != nil {
						t.Fatal(err)
					}
				}
				var got []string
				due, err := db.Claim(ctx, at, 99)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range due {
					var payload delivery.AlertPayload
					if err := json.Unmarshal(d.Payload, &payload); err != nil {
						t.Fatal(err)
					}
					told := map[int64][]int64{}
					for _, f := range payload.All() {
						told[d.Reader.Chat] = append(told[d.Reader.Chat], f.AlertID)
					}
					got = append(got, lines(told, d.Kind)...)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("%s %s at %s:\ntold %q\nwant %q", c, figure, at, got, want)
				}
			},
			"someone asks": func(t *rapid.T) {
				name := rapid.SampledFrom(pairs).Draw(t, "pair")
				words := name + " "
				a := modelAlert{chat: rapid.Int64Range(1, 2).Draw(t, "chat"), repeat: rapid.Bool().Draw(t, "repeat")}
				base, quoted, _ := strings.Cut(name, "/")
				a.base, a.quote = rates.Currency(base), rates.Currency(quoted)
				switch rapid.SampledFrom([]alert.Kind{alert.Level, alert.Percent, alert.Extreme}).Draw(t, "kind") { //nolint:exhaustive // those of the official rate
				case alert.Level:
					a.direction = rapid.SampledFrom([]int{1, -1}).Draw(t, "direction")
					middle := map[string]int64{"USD/KZT": 50000, "KZT/USD": 200, "KGS/KZT": 572, "KZT/KGS": 1749, "USD/KGS": 8745}[name]
					places := map[string]int32{"USD/KZT": -2, "KZT/USD": -5, "KGS/KZT": -2, "KZT/KGS": -4, "USD/KGS": -2}[name]
					level := decimal.New(middle*rapid.Int64Range(93, 107).Draw(t, "level percent")/100, places).String()
					a.level = rat(level)
					words += map[int]string{1: "> ", -1: "< "}[a.direction] + level
				case alert.Percent:
					a.direction = rapid.SampledFrom([]int{1, 0, -1}).Draw(t, "direction")
					amount := rapid.SampledFrom([]string{"0.973", "1.217", "2.339"}).Draw(t, "percent")
					a.percent, a.window = rat(amount), rapid.SampledFrom([]int{0, 0, 1, 7}).Draw(t, "window")
					words += map[int]string{1: "+", 0: "", -1: "-"}[a.direction] + amount + "%"
					if a.window > 0 {
						words += fmt.Sprint(" ", a.window, "d")
					}
				case alert.Extreme:
					a.direction, a.window = rapid.SampledFrom([]int{1, -1}).Draw(t, "direction"), rapid.SampledFrom([]int{2, 5}).Draw(t, "window")
					words += map[int]string{1: "high", -1: "low"}[a.direction] + fmt.Sprint(" ", a.window, "d")
				}
				if a.repeat {
					words += " repeat"
				}
				wish, err := alert.Parse(words, at)
				if err != nil {
					t.Fatal(words, err)
				}
				reading, err := alert.Read(ctx, db, at, wish.Pair, gauges(wish.Pair)...)
				if err != nil {
					t.Fatal(err)
				}
				if len(reading.Rate.Legs) == 0 || a.level != nil && rat(reading.Rate.Value.String()).Cmp(a.level) == 0 {
					t.Skip("no rate, or the level itself")
				}
				set, err := alert.New(wish.Terms, a.chat, reading)
				if err != nil {
					t.Fatal(words, err)
				}
				if set, err = db.AddAlert(ctx, set, 50); err != nil {
					t.Fatal(err)
				}
				if slices.ContainsFunc(m.alerts, func(b modelAlert) bool { return b.id == set.ID }) {
					return // the same was asked for before
				}
				a.id = set.ID
				m.start(&a, at)
				m.alerts = append(m.alerts, a)
				t.Log(a.id, ":", words)
			},
			"someone has second thoughts": func(t *rapid.T) {
				if len(m.alerts) == 0 {
					t.Skip("nothing to think of")
				}
				a := &m.alerts[rapid.IntRange(0, len(m.alerts)-1).Draw(t, "which")]
				change := func(f func(alert.Alert) alert.Alert) {
					if _, found, err := db.UpdateAlert(ctx, a.chat, a.id, f); err != nil || !found {
						t.Fatal(found, err)
					}
				}
				switch rapid.SampledFrom([]string{"pause", "mute", "arm"}).Draw(t, "what") {
				case "pause":
					change(alert.Alert.Pause)
					a.state = "paused"
				case "mute":
					change(func(x alert.Alert) alert.Alert { return x.Mute(at.Add(24 * time.Hour)) })
					a.muted = at.Add(24 * time.Hour).Truncate(time.Second)
				case "arm":
					pair := rates.Pair{Base: a.base, Quote: a.quote}
					reading, err := alert.Read(ctx, db, at, pair, gauges(pair)...)
					if err != nil || len(reading.Rate.Legs) == 0 {
						t.Fatal(reading, err)
					}
					change(func(x alert.Alert) alert.Alert { return x.Arm(reading) })
					m.start(a, at)
				}
			},
			"the program starts again": func(t *rapid.T) {
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				if db, err = store.Open(ctx, path); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) { // the store's alerts stand as the model's
				kept := map[int64]alert.Alert{}
				for _, chat := range []int64{1, 2} {
					all, err := db.Alerts(ctx, chat)
					if err != nil {
						t.Fatal(err)
					}
					for _, a := range all {
						kept[a.ID] = a
					}
				}
				slices.SortFunc(m.alerts, func(a, b modelAlert) int { return cmp.Compare(a.id, b.id) })
				for _, a := range m.alerts {
					want := cmp.Or(a.state, string(alert.Unstarted))
					if got := kept[a.id]; string(got.State) != want || got.Fired.Equal(a.fired) == false && a.everFire {
						t.Fatalf("alert %d is %s, fired %s, want %s, %s", a.id, got.State, got.Fired, want, a.fired)
					}
				}
			},
		})
	})
}

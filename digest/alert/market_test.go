package alert

import (
	"slices"
	"testing"
	"time"

	"habar/digest/offers"
	"habar/digest/rates"
)

// offer says what an office pays for a dollar since a moment, and asks for one.
func offer(office, buy, sell string, said time.Time) offers.Offer {
	return offers.Offer{
		Publisher: "kurskz", Country: "kz", Institution: office, City: "almaty", Kind: offers.Cash, Pair: usdkzt, Buy: dec(buy), Sell: dec(sell), Said: said,
	}
}

// offered plays a round over what offices say at a moment when NBK says 500.
func (m *memory) offered(t *testing.T, at time.Time, all ...offers.Offer) []Notice {
	t.Helper()
	m.offers, m.notices = all, nil
	q := rates.Quote{Pair: usdkzt, Value: dec("500"), Source: rates.NBK, Effective: rates.Day(at), Fetched: at}
	m.quotes = []rates.Quote{q}
	if _, err := Round(t.Context(), m, rates.NewBoard(m.quotes, nil), at, nil); err != nil {
		t.Fatal(err)
	}
	return m.notices
}

// Alerts on offers go by the best one of today to who buys or sells, and by no other.
func TestAlertsOnOffers(t *testing.T) {
	tests := []struct {
		name, words string
		best        [][2]string // what is paid and asked, each an hour and a bit later; "" for nothing of today
		fires       []int
	}{
		{"who sells waits for a higher price", "cash usd/kzt > 505", [][2]string{{"500", "510"}, {"504.9", "512"}, {"505", "512"}, {"509", "512"}}, []int{2}},
		{"who buys for a lower one", "cash usd/kzt < 505", [][2]string{{"500", "510"}, {"501", "505.1"}, {"501", "504"}}, []int{2}},
		{"what the other side is offered says nothing", "cash buy usd/kzt > 515", [][2]string{{"500", "510"}, {"514", "514.9"}, {"600", "514"}}, nil},
		{"an old offer fires nothing, and loses nothing", "cash usd/kzt > 505", [][2]string{{"500", "510"}, {"", ""}, {"506", "512"}}, []int{2}},
		{"without an offer of today it starts from the first", "cash usd/kzt > 505", [][2]string{{"", ""}, {"506", "512"}, {"500", "510"}, {"505", "511"}}, []int{3}},
		{"each time it gets there", "cash usd/kzt > 505 repeat", [][2]string{{"500", "510"}, {"505", "510"}, {"504.9", "510"}, {"506", "510"}, {"503", "510"}, {"506", "510"}}, []int{1, 5}},
		{"a percentage from now", "cash usd/kzt +1%", [][2]string{{"500", "510"}, {"504.9", "510"}, {"505", "510"}}, []int{2}},
		{"a city has its own best", "cash usd/kzt алматы > 505", [][2]string{{"500", "510"}, {"505", "510"}}, []int{1}},
		{"another city hears nothing", "cash usd/kzt астана > 505", [][2]string{{"500", "510"}, {"505", "510"}}, nil},
		{"a gap is what a buyer pays over the official rate", "usd/kzt gap > 2%", [][2]string{{"500", "509"}, {"600", "509.9"}, {"500", "510"}}, []int{2}},
		{"or what a seller gets less", "usd/kzt sell gap < -2%", [][2]string{{"495", "509"}, {"490.1", "509.9"}, {"490", "600"}}, []int{2}},
		{"or either way", "usd/kzt sell gap 2%", [][2]string{{"495", "509"}, {"509.9", "520"}, {"510", "600"}}, []int{2}},
		{"a gap that was told comes back a quarter of a point first", "usd/kzt gap > 2% repeat", [][2]string{{"500", "505"}, {"500", "510"}, {"500", "509"}, {"500", "510"}, {"500", "508.7"}, {"500", "511"}}, []int{1, 5}},
		{"a small one either way is armed again between its bounds", "usd/kzt sell gap 0.1% repeat", [][2]string{{"500", "510"}, {"501", "510"}, {"500", "510"}, {"501.5", "510"}, {"500", "510"}, {"499", "510"}}, []int{1, 3, 5}},
		{"one that narrows", "usd/kzt gap < 1%", [][2]string{{"500", "510"}, {"500", "505.1"}, {"500", "505"}}, []int{2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := Parse(tt.words, noon)
			if err != nil {
				t.Fatal(err)
			}
			m := newMemory()
			var fires []int
			for i, best := range tt.best {
				at := noon.Add(time.Duration(i) * 61 * time.Minute)
				all := []offers.Offer{offer("yesterday's", "990", "10", at.Add(-25*time.Hour))}
				if best[0] != "" {
					other := map[offers.Side]offers.Offer{ // best for who waits on the other side, and no good for this one
						offers.Selling: offer("other", "400", "10", at), offers.Buying: offer("other", "990", "600", at),
					}[req.Market.Side]
					all = append(all, offer("worse", "450", "550", at), other, offer("best", best[0], best[1], at))
				}
				if i == 0 {
					reading, err := newReading(t.Context(), &memory{offers: all}, at, shown(at, "500", "").Rate, req.Gauge())
					if err != nil {
						t.Fatal(err)
					}
					a, err := New(req.Terms, 7, reading)
					if err != nil {
						t.Fatal(err)
					}
					a.ID = 1
					m.alerts[1] = a
				}
				if got := m.offered(t, at, all...); len(got) > 0 {
					fires = append(fires, i)
					if f := got[0].Alerts[0]; f.Institution != "best" || f.City != "almaty" || f.Source != "kurskz" || !f.Day.Equal(at) || f.Official.String() != "500" || !f.Value.Equal(dec(best[map[offers.Side]int{offers.Selling: 0, offers.Buying: 1}[req.Market.Side]])) {
						t.Errorf("told %+v", f)
					}
				}
			}
			if !slices.Equal(fires, tt.fires) {
				t.Errorf("fired at %v, want %v; the alert is %+v", fires, tt.fires, m.alerts[1])
			}
		})
	}
}

// A correction of the official rate undoes a gap that was none, and no price that was paid.
func TestCorrectionOfTheRateUndoesAGap(t *testing.T) {
	gap, _ := Parse("usd/kzt sell gap > 2%", noon)
	level, _ := Parse("cash sell usd/kzt > 505", noon)
	m := newMemory()
	before := shown(noon, "500", "")
	for i, req := range []Request{gap, level} {
		a, err := New(req.Terms, 7, before)
		if err != nil {
			t.Fatal(err)
		}
		a.ID = int64(i + 1)
		m.alerts[a.ID] = a
	}
	at := noon.Add(time.Hour)
	if got := m.offered(t, at, offer("best", "512", "520", at)); len(got) != 1 || len(got[0].Alerts) != 2 {
		t.Fatalf("queued %+v, want both in one message", got)
	}
	right := m.quotes[0]
	right.Value, right.Fetched = dec("510"), at.Add(time.Minute)
	m.notices = nil
	if _, err := Round(t.Context(), m, rates.NewBoard([]rates.Quote{right}, nil), right.Fetched, []rates.Correction{{Was: m.quotes[0], Is: right}}); err != nil {
		t.Fatal(err)
	}
	if len(m.notices) != 1 || !m.notices[0].Undone || len(m.notices[0].Alerts) != 1 {
		t.Fatalf("queued %+v, want the gap undone", m.notices)
	}
	if f := m.notices[0].Alerts[0]; f.Kind != Gap || f.Before.String() != "500" || f.Value.String() != "510" || f.Source != rates.NBK {
		t.Errorf("told %+v, want the rate corrected from 500 to 510", f)
	}
	if m.alerts[1].State != Armed || m.alerts[2].State != Done {
		t.Errorf("the gap is %s, the level %s", m.alerts[1].State, m.alerts[2].State)
	}
}

// A gap needs an official rate that holds; a price does not.
func TestGapWithoutAnOfficialRateIsNone(t *testing.T) {
	r := shown(noon, "500", "")
	r.Rate = rates.Rate{Pair: usdkzt}
	for words, moves := range map[string]bool{"usd/kzt sell gap > 2%": false, "usd/kzt cash > 505": true, "usd/kzt > 505": false} {
		req, err := Parse(words, noon)
		if err != nil || r.Moves(req.Gauge()) != moves {
			t.Errorf("%q moves %t, %v, want %t", words, r.Moves(req.Gauge()), err, moves)
		}
	}
}

func FuzzParseGauge(f *testing.F) {
	for _, s := range []string{"USD/KZT", "USD/KZT 7d", "USD/KZT high 30d", "USD/KZT cash:sell:almaty", "USD/KZT card:buy gap"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := ParseGauge(s)
		if err != nil {
			return
		}
		if again, err := ParseGauge(g.String()); err != nil || again != g {
			t.Errorf("%q is %+v, which is written %q and reads as %+v, %v", s, g, g.String(), again, err)
		}
	})
}

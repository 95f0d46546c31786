package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store/storetest"
)

func someOffers(tb testing.TB, institutions int) []offers.Offer {
	tb.Helper()
	var all []offers.Offer
	for i := range institutions {
		for _, c := range []rates.Currency{"USD", "EUR", "RUB", "CNY"} {
			for _, k := range offers.Kinds()[:4] {
				all = append(all, offers.Offer{
					Publisher: "nbt", Country: "tj", Institution: fmt.Sprintf("Bank %d", i), Kind: k, Pair: rates.Pair{Base: c, Quote: "TJS"},
					Buy: dec("9.1800"), Sell: dec("9.28"), Said: noon, Fetched: noon, Place: offers.Place{Address: "Street"},
				})
			}
		}
	}
	return all
}

// What a publisher says takes the place of what it said; one that fails keeps what is known of it, and
// no other is touched.
func TestOffersAreReplaced(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	all := someOffers(t, 2)
	good := offers.State{Publisher: "nbt", Table: offers.Table{Mark: "a", Since: noon}, Tried: noon, Success: noon, Kept: len(all), Held: map[string]int{"USD/TJS cash": 3}, Reasons: []offers.Reason{offers.Far, offers.Nominal}}
	other := offers.State{Publisher: "halyk", Tried: noon, Success: noon}
	if _, err := db.SaveOffers(ctx, good, all, offers.Days(all, noon), noon); err != nil {
		t.Fatal(err)
	}
	theirs := someOffers(t, 1)[:1]
	if _, err := db.SaveOffers(ctx, other, theirs, nil, noon); err != nil {
		t.Fatal(err)
	}
	count := func(want int) {
		t.Helper()
		got, err := db.Offers(ctx)
		if err != nil || len(got) != want {
			t.Fatalf("%d offers, %v, want %d", len(got), err, want)
		}
	}
	count(33)
	failed := good
	failed.Error, failed.Tried = "answered 503", noon.Add(time.Hour) // and nothing came
	if _, err := db.SaveOffers(ctx, failed, nil, nil, noon); err != nil {
		t.Fatal(err)
	}
	count(33)
	states, err := db.OfferTables(ctx)
	if err != nil || len(states) != 2 || states[1].Error != "answered 503" || !states[1].Success.Equal(noon) || len(states[1].Reasons) != 2 {
		t.Errorf("%+v, %v", states, err)
	}
	if _, err := db.SaveOffers(ctx, good, all[:5], nil, noon); err != nil {
		t.Fatal(err)
	}
	count(6)
	got, _ := db.Offers(ctx)
	if o := got[1]; !o.Buy.Equal(dec("9.18")) || o.Place.Address != "Street" || !o.Said.Equal(noon) {
		t.Errorf("%+v", o)
	}
	for pair, want := range map[rates.Pair]int{{Base: "USD", Quote: "TJS"}: len(got), {Base: "TJS", Quote: "USD"}: 0} {
		if of, err := db.OffersOf(ctx, pair); err != nil || len(of) > want || want > 0 && len(of) == 0 || slices.ContainsFunc(of, func(o offers.Offer) bool { return o.Pair != pair }) {
			t.Errorf("of %s: %+v, %v", pair, of, err)
		}
	}
	days, err := db.OfferDays(ctx, rates.Pair{Base: "USD", Quote: "TJS"}, offers.Cash, noon.AddDate(0, 0, -1))
	if err != nil || len(days) != 1 || !days[0].BestBuy.Equal(dec("9.18")) || days[0].Buyers != 2 {
		t.Errorf("%+v, %v", days, err)
	}
}

// One operation keeps what 60 institutions offer in 4 currencies and 4 kinds.
func BenchmarkSaveOffers(b *testing.B) {
	db := storetest.Open(b)
	all := someOffers(b, 60)
	official := func(rates.Pair) (decimal.Decimal, bool) { return dec("9.2"), true }
	for b.Loop() {
		kept, _ := offers.Judge(all, offers.Table{Since: noon}, official, noon)
		if _, err := db.SaveOffers(b.Context(), offers.State{Publisher: "nbt", Tried: noon, Success: noon}, kept, offers.Days(kept, noon), noon); err != nil {
			b.Fatal(err)
		}
	}
}

// An alert on the best offer fires with what a publisher says, once, and tells whose offer it was; one
// that its publisher withdraws, and one of yesterday, fires none. All of it stands a restart.
func TestAlertOnTheBestOfferFires(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	if _, err := db.Register(ctx, reader.New(7, "en"), noon); err != nil {
		t.Fatal(err)
	}
	say := func(at time.Time, buy, sell string, said time.Time) (queued int) {
		t.Helper()
		all := []offers.Offer{{Publisher: "nbt", Country: "tj", Institution: "Bank", City: "dushanbe", Kind: offers.Cash, Pair: rates.Pair{Base: "USD", Quote: "TJS"}, Buy: dec(buy), Sell: dec(sell), Said: said, Fetched: at}}
		queued, err := db.SaveOffers(ctx, offers.State{Publisher: "nbt", Tried: at, Success: at}, all, nil, at)
		if err != nil {
			t.Fatal(err)
		}
		return queued
	}
	say(noon, "9.20", "9.30", noon)
	for _, words := range []string{"cash usd/tjs душанбе sell > 9.25", "usd/tjs cash buy < 9.25 repeat"} {
		req, err := alert.Parse(words, noon)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := alert.Read(ctx, db, noon, req.Pair, req.Gauge())
		if err != nil {
			t.Fatal(err)
		}
		a, err := alert.New(req.Terms, 7, reading)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // asked for twice it is one
			if _, err := db.AddAlert(ctx, a, 10); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept, err := db.Alerts(ctx, 7)
	if err != nil || len(kept) != 2 || kept[1].Market != (alert.Market{Kind: offers.Cash, Side: offers.Selling, City: "dushanbe"}) || kept[1].State != alert.Armed {
		t.Fatalf("%+v, %v", kept, err)
	}
	at := func(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }
	if n := say(at(40), "9.40", "9.50", at(1)); n != 0 {
		t.Errorf("an offer of yesterday fired %d", n)
	}
	if n := say(at(41), "9.26", "9.30", at(41)); n != 1 {
		t.Errorf("queued %d, want one for who sells", n)
	}
	if n := say(at(42), "9.27", "9.24", at(42)); n != 1 {
		t.Errorf("queued %d, want one for who buys", n)
	}
	if n := say(at(43), "9.27", "9.24", at(43)); n != 0 {
		t.Errorf("queued %d more", n)
	}
	firings, err := db.Firings(ctx, noon, at(50))
	if err != nil || len(firings) != 2 {
		t.Fatalf("%+v, %v", firings, err)
	}
	if f := firings[0]; f.Institution != "Bank" || f.Source != "nbt" || !f.Value.Equal(dec("9.26")) || !f.Day.Equal(at(41)) || f.City != "dushanbe" {
		t.Errorf("told %+v", f)
	}
	if kept, _ = db.Alerts(ctx, 7); kept[1].State != alert.Done || kept[0].State != alert.Waiting || !kept[0].Seen.Equal(dec("9.24")) {
		t.Errorf("%+v", kept)
	}
}

// An alert that nobody understands (a newer habar set it) is never fired, and is in nobody's way.
func TestAlertOfAnUnknownMarketIsInNobodysWay(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	for _, chat := range []int64{7, 8} {
		if _, err := db.Register(ctx, reader.New(chat, "en"), noon); err != nil {
			t.Fatal(err)
		}
	}
	strange := alert.Alert{Chat: 7, Created: noon, State: alert.Unstarted, Terms: alert.Terms{
		Pair: usdkzt, Kind: alert.Level, Direction: alert.Up, Amount: dec("510"), Market: alert.Market{Kind: "gold", Side: "hold", City: strings.Repeat("a", 300)},
	}}
	plain := alert.Alert{Chat: 8, Created: noon, State: alert.Unstarted, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: alert.Up, Amount: dec("510")}}
	for _, a := range []alert.Alert{strange, plain} {
		if _, err := db.AddAlert(ctx, a, 10); err != nil {
			t.Fatal(err)
		}
	}
	for i, rate := range []string{"500", "520"} {
		at := noon.Add(time.Duration(i) * time.Hour)
		board, err := db.Board(ctx)
		if err != nil {
			t.Fatal(err)
		}
		q := rates.Quote{Pair: usdkzt, Value: dec(rate), Source: rates.NBK, Effective: rates.Day(at).AddDate(0, 0, i), Fetched: at}
		if queued, err := db.SaveVerdict(ctx, rates.Judge(board, []rates.Quote{q}, at)); err != nil || queued != i {
			t.Errorf("%s: queued %d, %v", rate, queued, err)
		}
	}
	if all, err := db.Alerts(ctx, 7); err != nil || len(all) != 1 || all[0].Market != strange.Market {
		t.Errorf("%+v, %v", all, err)
	}
}

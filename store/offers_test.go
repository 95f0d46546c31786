package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
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
	if err := db.SaveOffers(ctx, good, all, offers.Days(all, noon)); err != nil {
		t.Fatal(err)
	}
	theirs := someOffers(t, 1)[:1]
	if err := db.SaveOffers(ctx, other, theirs, nil); err != nil {
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
	if err := db.SaveOffers(ctx, failed, nil, nil); err != nil {
		t.Fatal(err)
	}
	count(33)
	states, err := db.OfferTables(ctx)
	if err != nil || len(states) != 2 || states[1].Error != "answered 503" || !states[1].Success.Equal(noon) || len(states[1].Reasons) != 2 {
		t.Errorf("%+v, %v", states, err)
	}
	if err := db.SaveOffers(ctx, good, all[:5], nil); err != nil {
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
		if err := db.SaveOffers(b.Context(), offers.State{Publisher: "nbt", Tried: noon, Success: noon}, kept, offers.Days(kept, noon)); err != nil {
			b.Fatal(err)
		}
	}
}

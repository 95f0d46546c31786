package desk_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/digest/alert"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// Publishers of offers are asked at most four times an hour; one that fails, or has changed its form,
// spoils no other and keeps what is known of it; what is doubtful is held back.
func TestOffersAreGathered(t *testing.T) {
	var mu sync.Mutex
	asked, broken := map[string]int{}, false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.Path]++
		switch {
		case broken && r.URL.Path == "/nbuz":
			_, _ = io.WriteString(w, "<html>maintenance</html>")
		case r.URL.Path == "/nbuz":
			_, _ = io.WriteString(w, `[{"code":"USD","nbu_buy_price":"11950.00","nbu_cell_price":"12060.00","date":"04/01/2026 04:00:01 pm"},{"code":"EUR","nbu_buy_price":"140000","nbu_cell_price":"141000","date":"04/01/2026 04:00:01 pm"}]`)
		default:
			_, _ = io.WriteString(w, `{"data":{"currencyHistory":[{"date":"2026-04-01","privatePersons":{"USD/KZT":{"sell":481.5,"buy":476.1}}}]}}`)
		}
	}))
	defer server.Close()
	db, now := storetest.Open(t), noon
	d := newDesk(db)
	d.Now = func() time.Time { return now }
	d.OfferClient = fetch.New(server.URL)
	for _, id := range []string{"nbuz", "halyk"} {
		p, _ := offers.Find(id)
		p.URL = server.URL + "/" + id
		d.Offers = append(d.Offers, desk.OfferSource{Publisher: p})
	}
	publishRates(t, db, map[string]string{"USD/UZS": "12001.91", "EUR/UZS": "14010", "USD/KZT": "478.77"})
	for minute := range 60 {
		now = noon.Add(time.Duration(minute) * time.Minute)
		if err := d.GatherOffers(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if asked["/nbuz"] != 4 || asked["/halyk"] != asked["/nbuz"] {
		t.Errorf("in an hour asked %v", asked)
	}
	now = now.Add(time.Hour)
	mu.Lock()
	broken = true
	mu.Unlock()
	if err := d.GatherOffers(t.Context()); err == nil || !strings.Contains(err.Error(), "nbuz") {
		t.Errorf("err = %v, want it to name nbuz", err)
	}
	all, err := db.Offers(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v, want the dollars of both", all, err)
	}
	defer func() { // what is asked no more is let go of
		d.Offers = d.Offers[1:]
		_ = d.GatherOffers(t.Context())
		if all, err := db.Offers(t.Context()); err != nil || len(all) != 1 || all[0].Publisher != "halyk" {
			t.Errorf("%+v, %v, want those of halyk alone", all, err)
		}
	}()
	states, err := db.OfferTables(t.Context())
	if err != nil || len(states) != 2 || states[0].Error != "" || states[1].Error == "" || states[1].Held["EUR/UZS cash"] != 1 || !slices.Equal(states[1].Reasons, []offers.Reason{offers.Nominal}) {
		t.Errorf("%+v, %v", states, err)
	}
}

// Where all that a publisher says is doubtful, what it said before is not its word any more.
func TestPublisherWithNothingButDoubtfulOffersHasNone(t *testing.T) {
	var mu sync.Mutex
	buy, asking := "476.1", time.Duration(0) // how long asking has taken
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asking += 40 * time.Second
		_, _ = io.WriteString(w, `{"data":{"currencyHistory":[{"date":"2026-04-01","privatePersons":{"USD/KZT":{"sell":481.5,"buy":`+buy+`}}}]}}`)
	}))
	defer server.Close()
	db, now := storetest.Open(t), noon
	d := newDesk(db)
	d.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now.Add(asking)
	}
	d.OfferClient = fetch.New(server.URL)
	p, _ := offers.Find("halyk")
	p.URL = server.URL
	d.Offers = []desk.OfferSource{{Publisher: p}}
	publishRates(t, db, map[string]string{"USD/KZT": "478.77"})
	for i, want := range []int{1, 0} {
		now = noon.Add(time.Duration(i) * time.Hour)
		if err := d.GatherOffers(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := db.Offers(t.Context())
		states, _ := db.OfferTables(t.Context())
		if err != nil || len(all) != want || len(states) != 1 || states[0].Kept != want {
			t.Errorf("%d offers, %v, and %+v, want %d", len(all), err, states, want)
		}
		if took := states[0].Success.Sub(states[0].Tried); took != 40*time.Second { // what fires by it is of when it was judged
			t.Errorf("it was judged %s after it was asked, want 40s", took)
		}
		mu.Lock()
		buy = "4761"
		mu.Unlock()
	}
}

// publishRates puts official rates on the board.
func publishRates(t *testing.T, db *store.DB, values map[string]string) {
	t.Helper()
	for pair, value := range values {
		p, _ := rates.ParsePair(pair)
		v, _ := rates.ParseDecimal(value)
		source := map[rates.Currency]string{"UZS": rates.CBU, "KZT": rates.NBK}[p.Quote]
		board, _ := db.Board(t.Context())
		if _, err := db.SaveVerdict(t.Context(), rates.Judge(board, []rates.Quote{{Pair: p, Value: v, Source: source, Effective: rates.Day(noon), Fetched: noon}}, noon)); err != nil {
			t.Fatal(err)
		}
	}
}

// A day's best is over all publishers, whichever is read last.
func TestDayIsOfAllPublishers(t *testing.T) {
	var mu sync.Mutex
	sell := map[string]string{"/halyk": "481.5", "/kurskz": "479.5"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.WriteString(w, `{"data":{"currencyHistory":[{"date":"2026-04-01","privatePersons":{"USD/KZT":{"sell":`+sell[r.URL.Path]+`,"buy":476.1}}}]}}`)
	}))
	defer server.Close()
	db := storetest.Open(t)
	publishRates(t, db, map[string]string{"USD/KZT": "478.77"})
	d := newDesk(db)
	d.OfferClient = fetch.New(server.URL)
	for _, id := range []string{"kurskz", "halyk"} { // of another name, in the same form
		p, _ := offers.Find("halyk")
		p.ID, p.URL = id, server.URL+"/"+id
		d.Offers = append(d.Offers, desk.OfferSource{Publisher: p})
	}
	if err := d.GatherOffers(t.Context()); err != nil {
		t.Fatal(err)
	}
	days, err := db.OfferDays(t.Context(), rates.Pair{Base: "USD", Quote: "KZT"}, offers.Cash, noon.AddDate(0, 0, -1))
	if err != nil || len(days) != 1 || days[0].Sellers != 2 || days[0].BestSell.String() != "479.5" {
		t.Errorf("%+v, %v: want the best of both", days, err)
	}
}

// Letting go of a publisher that is asked no more is of today: what was fresh at its last good answer, days
// ago, fires nothing.
func TestForgettingAPublisherFiresNothingOfItsDay(t *testing.T) {
	db, now := storetest.Open(t), noon
	d := newDesk(db)
	d.Now = func() time.Time { return now }
	if _, err := db.Register(t.Context(), reader.New(7, "en"), noon); err != nil {
		t.Fatal(err)
	}
	pair := rates.Pair{Base: "USD", Quote: "KZT"}
	say := func(publisher, buy string, said time.Time) {
		t.Helper()
		price, _ := rates.ParseDecimal(buy)
		o := offers.Offer{Publisher: publisher, Country: "kz", Institution: publisher, Kind: offers.Cash, Pair: pair, Buy: price, Said: said, Fetched: said}
		if _, err := db.SaveOffers(t.Context(), offers.State{Publisher: publisher, Tried: said, Success: said, Kept: 1}, []offers.Offer{o}, nil, said); err != nil {
			t.Fatal(err)
		}
	}
	say("halyk", "476", noon)
	wish, err := alert.Parse("cash sell usd/kzt > 480", noon)
	if err != nil {
		t.Fatal(err)
	}
	say("kurskz", "490", noon) // before the alert is set: it has not seen it
	if _, err := db.AddAlert(t.Context(), alert.Alert{Terms: wish.Terms, Chat: 7, Created: noon, State: alert.Armed}, 9); err != nil {
		t.Fatal(err)
	}
	now = noon.AddDate(0, 0, 3)
	other, _ := offers.Find("kurskz")
	d.Offers = []desk.OfferSource{{Publisher: other}}
	d.OfferClient = fetch.New("http://127.0.0.1:1")
	_ = d.GatherOffers(t.Context()) // nobody answers
	if all, err := db.Firings(t.Context(), noon.AddDate(0, 0, -1), now.AddDate(0, 0, 1)); err != nil || len(all) != 0 {
		t.Errorf("fired %+v, %v, by an offer of three days ago", all, err)
	}
}

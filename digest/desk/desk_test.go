package desk_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest"
	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/rates/bank"
	"habar/digest/reader"
	"habar/digest/trade"
	"habar/store"
	"habar/store/storetest"
)

var (
	noon   = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	usdkzt = rates.Pair{Base: rates.USD, Quote: rates.KZT}
)

func newDesk(db *store.DB) *desk.Desk {
	return &desk.Desk{
		Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
		RatesSpec: "0 0 1 1 *", NewsSpec: "0 0 1 1 *",
	}
}

func sources(t *testing.T, urls map[string]string) []bank.Source {
	t.Helper()
	names := "peg"
	for name := range urls {
		names += "," + name
	}
	all, err := bank.Select(names)
	if err != nil {
		t.Fatal(err)
	}
	var kept []bank.Source
	for _, s := range all {
		if url, ok := urls[s.Label()]; ok {
			s.URL = url
			kept = append(kept, s)
		}
	}
	return kept
}

const nbkTable = `<rates><date>01.04.2026</date><item><title>USD</title><description>478.77</description><quant>1</quant></item></rates>`

// One that hangs, one that lies, one that floods, one that breaks off: none of them
// delays or spoils what the others say.
func TestOneBadSourceSpoilsNoOther(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/nbk":
			w.Write([]byte(nbkTable))
		case "/nbkr":
			select {
			case <-stop:
			case <-r.Context().Done():
			}
		case "/cbu":
			w.Write([]byte("<!doctype html><title>Down</title>"))
		case "/nbt":
			w.Write(make([]byte, fetch.MaxBody+1))
		case "/cbr":
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	db := storetest.Open(t)
	d := newDesk(db)
	d.Sources = sources(t, map[string]string{
		"nbk": server.URL + "/nbk", "nbkr": server.URL + "/nbkr", "cbu": server.URL + "/cbu", "nbt": server.URL + "/nbt", "cbr": server.URL + "/cbr",
	})
	d.Fetch = fetch.New(server.URL)
	hurried := impatient{d.Fetch}
	d.Fetch = hurried

	err := d.GatherRates(t.Context())

	for _, want := range []string{"nbkr: did not answer in time", "cbu: answered HTML", "nbt: answer is over 5 MiB", "cbr: answered 404"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want it to say %q", err, want)
		}
	}
	board, err := db.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := board.Rate(usdkzt); !ok || r.Value.String() != "478.77" {
		t.Errorf("USD/KZT = %v, %t, want 478.77 all the same", r.Value, ok)
	}
	states, err := db.Sources(t.Context())
	if err != nil || len(states) != 5 {
		t.Fatalf("states of %d sources, %v, want 5", len(states), err)
	}
	for _, s := range states {
		if (s.Error == "") != (s.Name == "nbk") {
			t.Errorf("%s: error %q", s.Name, s.Error)
		}
	}
}

// impatient gives up sooner than the desk, so that the test need not wait.
type impatient struct{ bank.Fetcher }

func (f impatient) Get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	return f.Fetcher.Get(ctx, url)
}

func TestBuiltInFiguresStandInUntilLiveDataComes(t *testing.T) {
	db := storetest.Open(t)
	d := newDesk(db)
	for range 2 { // said twice it changes nothing
		if err := d.SeedBuiltin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	e, err := digest.Compose(t.Context(), db, reader.New(7, "en"), noon, noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Rates) != 5 || len(e.Stories) != 5 || e.Fact == nil || !e.Rates[0].From(rates.Builtin) || !e.Stories[0].Builtin {
		t.Errorf("edition = %d rates, %d stories, fact %v, want 5, 5 and one, all built in", len(e.Rates), len(e.Stories), e.Fact)
	}

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			w.Write([]byte(`<rss version="2.0"><channel><title>Steppe</title><item><title>News of the day</title><link>https://x.example/1</link><pubDate>` + noon.Add(-time.Hour).Format(time.RFC1123Z) + `</pubDate></item></channel></rss>`))
			return
		}
		w.Write([]byte(nbkTable))
	}))
	defer server.Close()
	d.Sources, d.Fetch, d.Outlets, d.Feeds = sources(t, map[string]string{"nbk": server.URL}), fetch.New(server.URL), fetch.New(server.URL), []news.Feed{{URL: server.URL + "/feed"}}
	if err := errors.Join(d.GatherRates(t.Context()), d.GatherNews(t.Context())); err != nil {
		t.Fatal(err)
	}
	e, err = digest.Compose(t.Context(), db, reader.New(7, "en"), noon, noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if e.Rates[0].Source() != rates.NBK || len(e.Stories) != 1 || e.Stories[0].Publisher != "Steppe" {
		t.Errorf("USD/KZT from %s, stories %v, want NBK and the one of today", e.Rates[0].Source(), e.Stories)
	}
}

// A real anomaly: on 2026-08-01 the market source said 3.429 for a peg of 3.5.
func TestTableThatBreaksThePegFiresNothing(t *testing.T) {
	var body atomic.Value
	body.Store(`{"date":"2026-03-31","usd":{"tmt":3.50,"kzt":480}}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(body.Load().(string))) }))
	defer server.Close()
	db := storetest.Open(t)
	d := newDesk(db)
	d.Sources, d.Fetch = sources(t, map[string]string{"market": server.URL, "peg": ""}), fetch.New(server.URL)
	if err := d.GatherRates(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Register(t.Context(), reader.New(7, "en"), noon); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"USD/TMT < 3.45", "USD/KZT > 490"} {
		wish, err := alert.Parse(words, noon)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := alert.Read(t.Context(), db, noon, wish.Pair, wish.Gauge())
		if err != nil {
			t.Fatal(err)
		}
		a, err := alert.New(wish.Terms, 7, reading)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.AddAlert(t.Context(), a, 9); err != nil {
			t.Fatal(err)
		}
	}

	body.Store(`{"date":"2026-04-01","usd":{"tmt":3.42947277,"kzt":491}}`)
	for range 2 {
		if err := d.GatherRates(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	due, err := db.Claim(t.Context(), noon, 9)
	if err != nil {
		t.Fatal(err)
	}
	if len(due) != 1 || !strings.Contains(string(due[0].Payload), `"quote":"KZT"`) {
		t.Errorf("%d deliveries %v, want the one for KZT", len(due), due)
	}
	held, err := db.Quarantined(t.Context(), 9)
	if err != nil || len(held) != 1 || held[0].Pair.String() != "USD/TMT" || !strings.Contains(held[0].Doubt.String(), "from the peg 3.5") {
		t.Errorf("quarantined = %v, %v, want USD/TMT for its peg", held, err)
	}
}

func TestListTellsMovesByEffectiveDate(t *testing.T) {
	db := storetest.Open(t)
	d := newDesk(db)
	d.Fetch = nil
	say := func(daysAgo int, value string) {
		day := rates.Day(noon).AddDate(0, 0, -daysAgo)
		board, err := db.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		v := rates.Judge(board, []rates.Quote{{Pair: usdkzt, Value: mustDecimal(t, value), Source: rates.NBK, Effective: day, Fetched: noon}}, noon)
		if _, err := db.SaveVerdict(t.Context(), v); err != nil || len(v.Accepted) != 1 {
			t.Fatalf("%s not accepted: %v, %v", value, v.Quarantined, err)
		}
	}
	say(9, "500") // stands for the seventh day too: none is nearer
	say(3, "505") // and this one for yesterday
	say(0, "510.05")

	all, err := rates.List(t.Context(), db, usdkzt, rates.Pair{Base: rates.USD, Quote: rates.UZS})

	if err != nil || len(all) != 1 {
		t.Fatalf("%d listings, %v, want USD/KZT alone", len(all), err)
	}
	want := []struct {
		percent string
		known   bool
	}{{"1", true}, {"2.01", true}, {"0", false}}
	for i, m := range all[0].Moves {
		if m.Percent.String() != want[i].percent || m.Known != want[i].known {
			t.Errorf("over %d days: %s, %t, want %v", m.Days, m.Percent, m.Known, want[i])
		}
	}
}

type flaky struct {
	desk.Store
	runs atomic.Int32
}

func (a *flaky) QueueDigests(context.Context, time.Time) (int64, int, error) {
	if a.runs.Add(1) == 2 {
		panic("boom")
	}
	return 0, 0, nil
}

func (*flaky) Board(context.Context) (rates.Board, error) { return rates.Board{}, nil }

func (*flaky) Judge(context.Context, func(rates.Board) rates.Verdict) (rates.Verdict, int, error) {
	return rates.Verdict{}, 0, nil
}

func (*flaky) Offers(context.Context) ([]offers.Offer, error) { return nil, nil }

func (*flaky) OfferTables(context.Context) ([]offers.State, error) { return nil, nil }

func (*flaky) SaveOffers(context.Context, offers.State, []offers.Offer, []offers.Day, time.Time) (int, error) {
	return 0, nil
}

func (*flaky) Feeds(context.Context) ([]news.FeedState, error) { return nil, nil }

func (*flaky) BeginReading(context.Context, time.Time, ...string) error { return nil }

func (*flaky) EndReading(context.Context, ...string) error { return nil }

func (*flaky) Unfinished(context.Context) ([]news.Unfinished, error) { return nil, nil }

func (*flaky) KnownStories(context.Context, []string) (map[news.StoryKey]string, error) {
	return nil, nil
}

func (*flaky) RecentStories(context.Context, time.Time) ([]news.Story, error) { return nil, nil }

func (*flaky) RegroupStories(context.Context, []news.Story) error { return nil }

func (*flaky) SaveNews(context.Context, []news.Story, []news.FeedState, []trade.Fact, []delivery.Delivery) (int, error) {
	return 0, nil
}

func (*flaky) Facts(context.Context, string) ([]trade.Fact, error) { return nil, nil }

func (*flaky) Sources(context.Context) ([]rates.SourceState, error) { return nil, nil }
func (*flaky) SaveFacts(context.Context, []trade.Fact) error        { return nil }
func (*flaky) SaveSource(context.Context, rates.SourceState) error  { return nil }

func TestRunSurvivesAJobThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{}
		d := newDesk(nil)
		d.Store = store
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()

		time.Sleep(3*time.Minute + time.Second)
		cancel()

		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if n := store.runs.Load(); n != 4 {
			t.Errorf("ran %d times, want at the start and every minute although one run panicked", n)
		}
	})
}

func mustDecimal(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	d, err := rates.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/rates"
	"habar/digest/rates/bank"
	"habar/store"
	"habar/store/storetest"
)

// A pastStand serves ten days of two sources and counts what it is asked for.
type pastStand struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
	after func() // called after each answer
}

func newPastStand(t *testing.T) *pastStand {
	t.Helper()
	s := &pastStand{asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked[r.URL.Path]++
		name, day, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		switch {
		case day == "2026-03-25": // a day that neither has
			http.NotFound(w, r)
		case name == "nbt": // knows only today's table, whatever it is asked for
			fmt.Fprint(w, `<ValCurs Date="2026-04-01"><Valute><CharCode>USD</CharCode><Nominal>1</Nominal><Value>9.3</Value></Valute></ValCurs>`)
		case day == "2026-03-28":
			fmt.Fprintf(w, `{"date":%q,"usd":{"kzt":470,"tmt":3.429}}`, day)
		default:
			fmt.Fprintf(w, `{"date":%q,"usd":{"kzt":%s,"tmt":3.5,"rub":80}}`, day, "47"+day[9:])
		}
		if s.after != nil {
			s.after()
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *pastStand) backfill(t *testing.T, db *store.DB, codes ...rates.Currency) *desk.Backfill {
	t.Helper()
	sources, err := bank.Select("market,nbt")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sources {
		if sources[i].URL != "" {
			sources[i].URL = s.URL + "/" + sources[i].Name + "/{date}"
		}
	}
	return &desk.Backfill{
		Sources: sources, Fetch: fetch.New(s.URL), Store: db, Codes: codes, Days: 10, Pace: time.Microsecond, Now: noon, Progress: func(desk.Step) {},
	}
}

func TestBackfillReadsEachDayOnceThroughAcceptance(t *testing.T) {
	s, db := newPastStand(t), storetest.Open(t)
	last, err := s.backfill(t, db, rates.KZT, rates.TMT).Run(t.Context())
	if err != nil || last.Done != 10 || last.Kept != 17 || last.Held != 1 {
		t.Errorf("step = %+v, %v, want 10 days, 9 figures of KZT, 8 of TMT and one held back", last, err)
	}
	q, ok, err := db.QuoteOn(t.Context(), usdkzt, rates.Market, noon.AddDate(0, 0, -6))
	if err != nil || !ok || q.Value.String() != "476" {
		t.Errorf("USD/KZT of 26 March = %v, %t, %v, want 476", q.Value, ok, err)
	}
	if _, ok, _ := db.QuoteOn(t.Context(), rates.Pair{Base: rates.USD, Quote: rates.RUB}, rates.Market, noon); ok {
		t.Error("a currency that was not asked for is kept")
	}
	if _, ok, _ := db.QuoteOn(t.Context(), rates.Pair{Base: rates.USD, Quote: rates.TJS}, rates.NBT, noon); ok {
		t.Error("today's table passed for that of a past day")
	}
	if _, err := s.backfill(t, db, rates.TMT, rates.KZT).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, n := range s.asked {
		if n != 1 && strings.HasPrefix(path, "/market/") { // the other has nothing yet for the latest days
			t.Errorf("%s was asked for %d times, want once", path, n)
		}
	}
}

func TestInterruptedBackfillGoesOn(t *testing.T) {
	s, db := newPastStand(t), storetest.Open(t)
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		s.after = func() {
			if n++; n == 3 {
				cancel()
			}
		}
		b := s.backfill(t, db)
		b.Sources = slices.DeleteFunc(b.Sources, func(s bank.Source) bool { return s.Name == rates.NBT })
		last, err := b.Run(ctx)
		cancel()
		if err == nil && last.Done == 10 {
			break
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	series, err := db.Series(t.Context(), usdkzt, rates.Market, noon.AddDate(0, 0, -30))
	if err != nil || len(series) != 9 {
		t.Errorf("%d days, %v, want nine and none twice", len(series), err)
	}
}

func TestBackfillOverwritesNothing(t *testing.T) {
	s, db := newPastStand(t), storetest.Open(t)
	day := rates.Day(noon).AddDate(0, 0, -2)
	v := rates.Judge(rates.Board{}, []rates.Quote{{Pair: usdkzt, Value: mustDecimal(t, "468.5"), Source: rates.Market, Effective: day, Fetched: day}}, day.Add(time.Hour))
	if _, err := db.SaveVerdict(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if _, err := s.backfill(t, db).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if q, _, err := db.QuoteOn(t.Context(), usdkzt, rates.Market, day); err != nil || q.Value.String() != "468.5" {
		t.Errorf("the live figure became %s, %v", q.Value, err)
	}
}

func TestSourceThatIsDownIsLeftAlone(t *testing.T) {
	db := storetest.Open(t)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer down.Close()
	s := newPastStand(t)
	b := s.backfill(t, db)
	for i := range b.Sources {
		if b.Sources[i].Name == rates.NBT {
			b.Sources[i].URL = down.URL + "/{date}"
		}
	}
	b.Fetch = fetch.New(s.URL, down.URL)
	last, err := b.Run(t.Context())
	if !errors.Is(err, desk.ErrTooManyFailures) || !strings.HasPrefix(err.Error(), "nbt: ") || last.Done != 10 {
		t.Errorf("step %+v, err %v, want all days of the other and nbt left alone", last, err)
	}
}

// The real market series, day by day through acceptance, where it lies beside the
// checkout: the broken peg is held back and no ordinary move of the region is.
func TestAcceptanceOfTheRealMarketSeries(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "payloads", "market", "*.json"))
	if err != nil || len(files) == 0 {
		t.Skip("the market series is not on this machine")
	}
	board, held := rates.Board{}, map[string]int{}
	var region []string
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Date string                 `json:"date"`
			USD  map[string]json.Number `json:"usd"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		day, err := time.Parse(time.DateOnly, answer.Date)
		if err != nil {
			t.Fatal(err)
		}
		quotes := rates.PegQuotes(day)
		for code, n := range answer.USD {
			if c, err := rates.ParseCurrency(code); err == nil && c != rates.USD && code == strings.ToLower(code) {
				quotes = append(quotes, rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: c}, Value: mustDecimal(t, n.String()), Source: rates.Market, Effective: day, Fetched: day})
			}
		}
		v := rates.Judge(board, quotes, day.Add(12*time.Hour))
		board = v.Board
		for _, q := range v.Quarantined {
			held[q.Pair.String()]++
			for _, c := range rates.Region() {
				if q.Pair.Quote == c {
					region = append(region, q.Effective.Format(time.DateOnly)+" "+q.Pair.String())
				}
			}
		}
	}
	if got := strings.Join(region, ", "); got != "2026-07-04 USD/TMT, 2026-08-01 USD/TMT" {
		t.Errorf("held back of the region: %s, want the two breaks of the peg alone", got)
	}
	fmt.Printf("market series: %d days; held back: %v\n", len(files), held)
}

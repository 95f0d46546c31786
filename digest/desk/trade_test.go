package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/trade"
	"habar/store/storetest"
)

// Facts of new stories are kept with their sentence and article; those of stories that
// are known are not read again.
func TestStoriesLeaveTheirTradeFacts(t *testing.T) {
	body := rss(utf8Head, item("Tajikistan trades more", "/1", noon.Format(time.RFC1123Z), "In January 2026 Tajikistan's foreign trade turnover rose 16.8% to $673 million. The debt is $3 billion."+long))
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = w.Write([]byte(body))
	}))
	defer srv.Close()
	db := storetest.Open(t)
	d := newDesk(db)
	d.Outlets, d.Feeds = fetch.New(srv.URL), []news.Feed{{URL: srv.URL + "/feed", Name: "Steppe"}}
	for range 2 {
		if err := d.GatherNews(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	facts, err := db.Facts(t.Context(), "TJK")
	if err != nil || len(facts) != 2 || asked != 2 {
		t.Fatalf("%d facts of %d readings, %v, want turnover and its change", len(facts), asked, err)
	}
	for _, f := range facts {
		if f.Sentence != "In January 2026 Tajikistan's foreign trade turnover rose 16.8% to $673 million." || f.Article.URL != srv.URL+"/1" || f.Article.Publisher != "Steppe" || f.Period != "2026-01" {
			t.Errorf("%v of %+v: %q", f, f.Article, f.Sentence)
		}
	}
}

// The World Bank is asked once a month, and again when it failed.
func TestOfficialFiguresAreReadMonthly(t *testing.T) {
	asked, down := 0, true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if down {
			http.Error(w, "no", http.StatusNotFound)
			return
		}
		id := strings.Split(r.URL.Path, "/")[2]
		fmt.Fprintf(w, `[{"page":1},[{"indicator":{"id":%q},"countryiso3code":"KAZ","date":"2024","value":8%d}]]`, id, asked)
	}))
	defer srv.Close()
	db, now := storetest.Open(t), noon
	d := newDesk(db)
	d.Now = func() time.Time { return now }
	d.Fetch, d.OfficialURL = fetch.New(srv.URL), srv.URL+"/{countries}/{indicator}"
	if err := d.GatherOfficial(t.Context()); err == nil || !strings.Contains(err.Error(), "worldbank TX.VAL.MRCH.CD.WT: answered 404") {
		t.Errorf("down: %v", err)
	}
	down = false
	for _, step := range []struct {
		days, asked int
	}{{0, 4}, {1, 4}, {24, 4}, {26, 6}} {
		now = noon.AddDate(0, 0, step.days)
		if err := d.GatherOfficial(t.Context()); err != nil || asked != step.asked {
			t.Errorf("after %d days asked %d times, %v, want %d", step.days, asked, err, step.asked)
		}
	}
	facts, err := db.Facts(t.Context(), "KAZ")
	if err != nil || len(facts) != 2 || !facts[0].Official {
		t.Errorf("%v, %v, want exports and imports of 2024", facts, err)
	}
}

// The fact of a day is the same for all who ask, and not told again for 30 days.
func TestNoFactIsToldTwiceInAMonth(t *testing.T) {
	db := storetest.Open(t)
	var facts []trade.Fact
	for n := range 12 {
		facts = append(facts, trade.Fact{
			Country: "KAZ", Partner: []string{"", "CHN", "RUS"}[n%3], Flow: trade.Exports, Metric: trade.Value, Value: decimal.NewFromInt(int64(n + 1)), Unit: "USD",
			Period: fmt.Sprint(2010 + n), Article: trade.Article{URL: fmt.Sprint("https://x.example/", n), Date: noon},
		})
	}
	facts = append(facts, trade.Fact{Country: "KAZ", Flow: trade.Exports, Metric: trade.Share, Value: decimal.NewFromInt(5), Unit: "%", Period: "2025"})
	if err := db.SaveFacts(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
	last := map[string]int{}
	told := 0
	for day := range 90 {
		for range 2 {
			all, err := db.FactsOfDay(t.Context(), noon.AddDate(0, 0, day))
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == 0 {
				continue
			}
			f := all[0]
			if before, seen := last[f.Period]; seen && before != day && day-before < 30 {
				t.Errorf("the fact of %s is told on day %d and on day %d", f.Period, before, day)
			}
			last[f.Period] = day
			told++
		}
	}
	if told != 2*36 { // twelve a month
		t.Errorf("told %d times, want each of twelve facts three times, asked twice", told)
	}
}

package desk_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/metric"
	"habar/digest/news"
	"habar/digest/trade"
	"habar/store"
	"habar/store/storetest"
)

// recorder keeps the events that are reported.
type recorder struct {
	mu  sync.Mutex
	all []metric.Event
}

// Observe keeps an event.
func (r *recorder) Observe(e metric.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, e)
}

func (r *recorder) labels(name string) (labels []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.all {
		if e.Name == name {
			labels = append(labels, e.Label+" "+e.Result)
		}
	}
	return labels
}

func feedOf(t *testing.T, items string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(rss(utf8Head, items))) }))
	t.Cleanup(server.Close)
	return server
}

// A round goes through the stages in their order, each reported; reading alone keeps nothing.
func TestNewsGoesThroughNamedStages(t *testing.T) {
	server := feedOf(t, item("Aktau orders ferries for its trade", "/1", noon.Add(-time.Hour).Format(time.RFC1123Z), "The port of Aktau in Kazakhstan has ordered two ferries."+long)+
		item("Kazakhstan's trade rose", "/2", noon.Add(-time.Hour).Format(time.RFC1123Z), "In January 2026 Kazakhstan's foreign trade turnover rose 5% to $12 billion."+long))
	db := storetest.Open(t)
	d, events := newDesk(db), &recorder{}
	d.Metrics, d.Outlets, d.Feeds = events, fetch.New(server.URL), []news.Feed{{URL: server.URL, Name: "Steppe"}}
	batch, err := d.ReadNews(t.Context())
	if err != nil || len(batch.Fresh) != 2 || batch.Fresh[0].Event == "" || batch.Fresh[0].Summary == "" || batch.Fresh[0].Countries[0] != "kz" || len(batch.Facts) != 2 {
		t.Fatalf("batch = %+v, %v", batch, err)
	}
	want := "read ok, fresh ok, full text ok, dated ok, group ok, classify ok, summarise ok, translate ok, extract ok, watch ok"
	if got := strings.Join(events.labels("news_stage"), ", "); got != want {
		t.Errorf("stages: %s, want %s", got, want)
	}
	if got := events.labels("feed"); len(got) != 1 || got[0] != "Steppe ok" {
		t.Errorf("feeds: %q", got)
	}
	if kept, err := db.Stories(t.Context(), news.Query{Limit: 9}); err != nil || len(kept) != 0 {
		t.Errorf("%d stories are kept by reading alone, %v", len(kept), err)
	}
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := db.Stories(t.Context(), news.Query{Limit: 9})
	facts, err2 := db.Facts(t.Context(), "KAZ")
	if errors.Join(err, err2) != nil || len(kept) != 2 || len(facts) != 2 {
		t.Errorf("%d stories and %d facts are kept, %v", len(kept), len(facts), errors.Join(err, err2))
	}
}

// breaking is a store whose saving or reading fails.
type breaking struct {
	*store.DB
	saving, reading bool
}

var errBroken = errors.New("disk is full")

func (b *breaking) SaveNews(ctx context.Context, s []news.Story, f []news.FeedState, x []trade.Fact, o []delivery.Delivery) (int, error) {
	if b.saving {
		return 0, errBroken
	}
	return b.DB.SaveNews(ctx, s, f, x, o)
}

func (b *breaking) RecentStories(ctx context.Context, since time.Time) ([]news.Story, error) {
	if b.reading {
		return nil, errBroken
	}
	return b.DB.RecentStories(ctx, since)
}

// A round that cannot be kept, or breaks in a stage, is read whole again the next time.
func TestRoundThatBreaksIsReadAgain(t *testing.T) {
	server := feedOf(t, item("Bishkek opens a bridge", "/1", noon.Add(-time.Hour).Format(time.RFC1123Z), "Bishkek has opened a bridge."))
	b := &breaking{DB: storetest.Open(t), saving: true}
	d := newDesk(b.DB)
	d.Store, d.Outlets, d.Feeds = b, fetch.New(server.URL), []news.Feed{{URL: server.URL, Name: "Steppe"}}
	for _, broken := range []func(){func() { b.saving, b.reading = true, false }, func() { b.saving, b.reading = false, true }} {
		broken()
		if err := d.GatherNews(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("err = %v", err)
		}
		if states, err := b.Feeds(t.Context()); err != nil || len(states) != 0 {
			t.Errorf("the feed's state is kept without its stories: %+v, %v", states, err)
		}
	}
	b.saving, b.reading = false, false
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept, err := b.Stories(t.Context(), news.Query{Limit: 9}); err != nil || len(kept) != 1 {
		t.Errorf("%d stories, %v, want the one", len(kept), err)
	}
}

// Sources report how each answered, jobs how they ended.
func TestSourcesAndJobsAreMeasured(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "cbu") {
			http.Error(w, "down", http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(nbkTable))
	}))
	defer server.Close()
	d, events := newDesk(storetest.Open(t)), &recorder{}
	d.Metrics, d.Sources, d.Fetch = events, sources(t, map[string]string{"nbk": server.URL + "/nbk", "cbu": server.URL + "/cbu"}), fetch.New(server.URL)
	if err := d.GatherRates(t.Context()); err == nil {
		t.Error("a source that is down is no error of the round")
	}
	if got := strings.Join(events.labels("source"), ", "); got != "nbk ok, cbu error" {
		t.Errorf("sources: %s", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(events.labels("job"), ", "); !strings.Contains(got, "digests ok") || !strings.Contains(got, "news ok") {
		t.Errorf("jobs: %s", got)
	}
	if err := desk.CheckSpec("every now and then"); err == nil {
		t.Error("nonsense passes for a schedule")
	}
}

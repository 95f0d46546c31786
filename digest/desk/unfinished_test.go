package desk_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/reader"
	"habar/store/storetest"
)

// A process that died while feeds were read reads them one by one after the next start, and leaves
// the one alone for a day at which it died again; the others are read meanwhile.
func TestFeedThatEndsTheProcessIsLeftAloneForADay(t *testing.T) {
	o, now, ctx := newOutlets(t), noon, t.Context()
	db := storetest.Open(t)
	start := func() *desk.Desk { // of a process
		d := newDesk(db)
		d.Now = func() time.Time { return now }
		d.Outlets = fetch.New(o.URL)
		for _, p := range []string{"/rss2", "/atom", "/json"} {
			d.Feeds = append(d.Feeds, news.Feed{URL: o.URL + p, Name: p})
		}
		return d
	}
	asked := func(round func()) (paths []string) {
		before := map[string]int{}
		for _, p := range []string{"/rss2", "/atom", "/json"} {
			before[p] = o.count(p)
		}
		round()
		for p, n := range before {
			if o.count(p) > n {
				paths = append(paths, p)
			}
		}
		slices.Sort(paths)
		return paths
	}
	gather := func(d *desk.Desk) func() {
		return func() {
			if err := d.GatherNews(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	all := []string{"/atom", "/json", "/rss2"}
	begin := func(paths ...string) { // and the process dies
		for i, p := range paths {
			paths[i] = o.URL + p
		}
		if err := db.BeginReading(ctx, now, paths...); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name  string
		dies  []string // before it
		after time.Duration
		want  []string
	}{
		{"nothing happened", nil, 0, all},
		{"died while all were read", []string{"/rss2", "/atom", "/json"}, time.Hour, all},
		{"a round that ended", nil, time.Hour, all},
		{"died while all were read, and again at one", []string{"/rss2", "/atom", "/json", "/atom"}, time.Hour, []string{"/json", "/rss2"}},
		{"hours later", nil, 20 * time.Hour, []string{"/json", "/rss2"}},
		{"a day later", nil, 4 * time.Hour, all},
		{"it has done no harm this time", nil, time.Hour, all},
	} {
		begin(step.dies...)
		now = now.Add(step.after)
		if got := asked(gather(start())); !slices.Equal(got, step.want) {
			t.Errorf("%s: %v were read, want %v", step.name, got, step.want)
		}
	}
	if left, err := db.Unfinished(ctx); err != nil || len(left) > 0 {
		t.Errorf("%v, %v are left as unfinished", left, err)
	}
}

// A page that was being read when the process died is not read again: its story is kept with the
// excerpt of its feed, and the other pages are read.
func TestPageThatEndsTheProcessIsNotReadAgain(t *testing.T) {
	mux, asked := http.NewServeMux(), map[string]*atomic.Int64{"/bad": {}, "/good": {}}
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, rss(utf8Head,
			item("Bishkek opens a bridge", "/bad", "Wed, 01 Apr 2026 08:00:00 +0000", "The bridge of Bishkek is open.")+
				item("Osh closes a market", "/good", "Wed, 01 Apr 2026 08:00:00 +0000", "The market of Osh is closed.")))
	})
	for path, n := range asked {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			n.Add(1)
			_, _ = io.WriteString(w, "<html><body><article><p>"+strings.Repeat("The market of Osh is closed and its traders move to the edge of the city. ", 20)+"</p></article></body></html>")
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	db := storetest.Open(t)
	if err := db.BeginReading(t.Context(), noon.Add(-time.Minute), server.URL+"/bad"); err != nil {
		t.Fatal(err)
	}
	d := newDesk(db)
	d.Now = func() time.Time { return noon }
	d.Outlets = fetch.New(server.URL)
	d.Pages = fetch.NewGuest(fetch.New(server.URL))
	d.Feeds = []news.Feed{{URL: server.URL + "/feed"}}
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	if bad, good := asked["/bad"].Load(), asked["/good"].Load(); bad != 0 || good != 1 {
		t.Errorf("the page that ended the process was read %d times and the other %d, want 0 and 1", bad, good)
	}
	stories, err := db.Stories(t.Context(), news.Query{Limit: 9, Languages: []string{"en"}})
	if err != nil || len(stories) != 2 {
		t.Errorf("%d stories, %v, want both", len(stories), err)
	}
}

// Feeds of readers that are read alone share the time that a round has for readers' feeds: many of
// them do not keep the next round waiting.
func TestSuspectFeedsOfReadersShareTheRoundsTime(t *testing.T) {
	ctx := t.Context()
	var asked, passed atomic.Int64 // passed in seconds
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		passed.Add(20)
		_, _ = io.WriteString(w, rss(utf8Head, ""))
	}))
	t.Cleanup(server.Close)
	db := storetest.Open(t)
	r := reader.New(1, "en")
	if _, err := db.Register(ctx, r, noon); err != nil {
		t.Fatal(err)
	}
	var urls []string
	for i := range 20 {
		urls = append(urls, server.URL+"/"+strings.Repeat("x", i+1))
		r.News.Feeds = append(r.News.Feeds, reader.Feed{URL: urls[i], Name: "One"})
	}
	if err := db.SaveReader(ctx, r, noon); err != nil {
		t.Fatal(err)
	}
	if err := db.BeginReading(ctx, noon, urls...); err != nil {
		t.Fatal(err)
	}
	d := newDesk(db)
	d.Now = func() time.Time { return noon.Add(time.Duration(passed.Load()) * time.Second) }
	d.Strangers = fetch.New(server.URL)
	for _, want := range []int64{10, 20} { // three minutes, twenty seconds each; the rest comes with the next round
		if err := d.GatherNews(ctx); err != nil {
			t.Fatal(err)
		}
		if got := asked.Load(); got != want {
			t.Errorf("%d of 20 feeds were asked by now, want %d", got, want)
		}
		passed.Add(20 * 60)
	}
}

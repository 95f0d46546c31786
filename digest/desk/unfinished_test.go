package desk_test

import (
	"slices"
	"testing"
	"time"

	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
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

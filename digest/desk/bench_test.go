package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"habar/digest/fetch"
	"habar/digest/news"
	"habar/store/storetest"
)

// BenchmarkRoundWithNothingNew reads sixty feeds of two hundred stories of 2,000 characters
// that are all known, and that say nothing of whether they changed: 24 MB in all.
func BenchmarkRoundWithNothingNew(b *testing.B) {
	const feeds, stories = 60, 200
	dir := b.TempDir()
	for f := range feeds {
		var items strings.Builder
		for i := range stories {
			items.WriteString(item(fmt.Sprintf("Headline %d of outlet %d about the harbour of Aktau", i, f), fmt.Sprintf("/story/%d/%d", f, i), noon.Add(-time.Duration(i)*time.Minute).Format(time.RFC1123Z), strings.Repeat(long, 3)))
		}
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(f)), []byte(rss(utf8Head, items.String())), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header = http.Header{} // whether it changed is not asked
		http.ServeFile(w, r, filepath.Join(dir, filepath.Base(r.URL.Path)))
	}))
	b.Cleanup(server.Close)
	db := storetest.Open(b)
	now := noon
	d := newDesk(db)
	d.Now = func() time.Time { return now }
	d.Outlets = fetch.New(server.URL)
	for f := range feeds {
		d.Feeds = append(d.Feeds, news.Feed{URL: fmt.Sprintf("%s/%d", server.URL, f), Name: fmt.Sprint("Outlet ", f)})
	}
	if err := d.GatherNews(b.Context()); err != nil {
		b.Fatal(err)
	}
	if all, err := db.RecentStories(b.Context(), time.Time{}); err != nil || len(all) < feeds*100 {
		b.Fatalf("%d stories are kept, %v", len(all), err)
	}
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		now = now.Add(time.Hour)
		if err := d.GatherNews(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	close(stop)
	b.ReportMetric(float64(<-peak-before.HeapInuse)/(1<<20), "MB-more")
}

package desk_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"habar/digest"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

const long = ` The ministry said that the work would be finished before the end of next year. Nobody was asked to leave, and the road stays open to traffic during the day. ` +
	`The region's governor visited the place on Tuesday and promised that the money was there. Local companies are to do most of it, with machines from abroad. ` +
	`People of the villages nearby have waited for it since the last century, and some of them still do not believe in it. The contract runs for three years. ` +
	`A commission of engineers will look at the results each month and publish what it finds, the governor said. The first report is due in May, the last in 2028.`

// The same length in Russian, which every encoding of Cyrillic has.
var longRu = strings.Repeat(" Работы начнутся весной и продлятся три года, сообщили в мэрии города. Деньги на них выделят из бюджета страны.", 8)

// outlets serves feeds of every form and fault, and pages of articles.
type outlets struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
	down  bool // the feed /falls
	ids   int  // changes the addresses of /renamed
}

func item(title, link, date, text string) string {
	return fmt.Sprintf("<item><title>%s</title><link>%s</link><pubDate>%s</pubDate><description><![CDATA[%s]]></description></item>", title, link, date, text)
}

func rss(head, items string) string {
	return head + `<rss version="2.0"><channel><title>Feed</title><language>en</language>` + items + `</channel></rss>`
}

const (
	utf8Head = `<?xml version="1.0" encoding="utf-8"?>`
	winHead  = `<?xml version="1.0" encoding="windows-1251"?>`
)

func newOutlets(t *testing.T) *outlets {
	t.Helper()
	o := &outlets{asked: map[string]int{}}
	date := noon.Add(-time.Hour).Format(time.RFC1123Z)
	encode := func(e *charmap.Charmap, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var many strings.Builder
	for i := range 500 {
		many.WriteString(item(fmt.Sprintf("Report number %d on bridge %d of the valley", i, i*7), fmt.Sprintf("/many/%d", i), date, "Report."+long))
	}
	plain := map[string]string{
		"/rss2": rss(utf8Head, item("Bishkek opens a &lt;b&gt;bridge&lt;/b&gt; over the Ala-Archa", "/rss2/1?utm_source=rss#top", date, "<p>Bishkek has opened a bridge."+long+"</p><p>Read also: ten bridges</p>")),
		"/rss091": `<?xml version="1.0"?><rss version="0.91"><channel><title>Old</title><language>en</language><item><title>Dushanbe repairs its opera house</title><link>/old/1</link><description>` +
			"Dushanbe repairs its opera." + long + `</description></item></channel></rss>`,
		"/rss1": `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>RDF</title></channel><item rdf:about="y"><title>Ashgabat plants a forest of pistachios</title><link>/rdf/1</link><dc:date>` +
			noon.Add(-2*time.Hour).Format(time.RFC3339) + `</dc:date><description>Ashgabat plants.` + long + `</description></item></rdf:RDF>`,
		"/atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><title type="html">Almaty &amp;amp; Astana share a railway timetable</title><id>tag:1</id><link rel="alternate" href="sub/1"/><updated>` +
			noon.Add(-3*time.Hour).Format(time.RFC3339) + `</updated><content type="html">Almaty and Astana.` + long + `</content></entry></feed>`,
		"/json":     `{"version":"https://jsonfeed.org/version/1.1","title":"JSON","items":[{"id":"1","url":"/json/1","title":"Tashkent doubles its metro fleet","content_text":"Tashkent doubles.` + long + `","date_published":"2026-04-01T09:00:00Z"}]}`,
		"/win":      encode(charmap.Windows1251, rss(winHead, item("В Алматы открыли новый мост", "/win/1", date, "В Алматы открыли мост."+longRu))),
		"/koi":      encode(charmap.KOI8R, rss(winHead, item("Бишкек закупит электрические автобусы", "/koi/1", date, "Бишкек закупит автобусы для города."+longRu))),
		"/lies":     rss(winHead, item("Ташкент посадит сто тысяч деревьев", "/lies/1", date, "Ташкент посадит деревья."+longRu)),
		"/torn":     utf8Head + `<rss version="2.0"><channel><title>Torn</title>` + item("Khorog gets a university & a library", "/torn/1", date, "Khorog."+long) + `<item><title>Lost in the mid`,
		"/odd":      rss(utf8Head, `<item><title></title><link>/odd/0</link></item><item><title>No link at all</title></item><item><title>Osh bakes the longest bread</title><link>/odd/1</link><pubDate>yesterday</pubDate><description>Osh bakes.`+long+`</description></item>`+item("Naryn looks into the future", "/odd/2", "Wed, 01 Jan 2031 09:00:00 +0000", "Naryn looks."+long)+item("Script", "javascript:alert(1)", date, "x")),
		"/html":     "<!doctype html><html><body>We are down</body></html>",
		"/many":     rss(utf8Head, many.String()),
		"/same":     rss(utf8Head, item("New bridge over Ala-Archa opens in Bishkek", "/same/1", noon.Format(time.RFC1123Z), "Bishkek has a new bridge."+long)),
		"/excerpts": rss(utf8Head, item("Karakol ski lift wins a prize", "/pages/lift", date, "Karakol …")+item("Secret plans of a ministry", "/pages/private/1", date, "Secret …")+item("Inside story of the harbour", "http://127.0.0.1:1/inside", date, "Inside …")),
		"/pages/lift": `<html><head><title>Lift</title></head><body><nav>Home News Sport</nav><article><h1>Karakol ski lift wins a prize</h1><p>The ski lift of Karakol has won a prize of the mountain union for its brakes.</p><p>` +
			long + `</p><p>Photo: A. Ivanov</p><p>Read also: lifts of the world</p></article><footer>All rights reserved</footer></body></html>`,
		"/robots.txt": "User-agent: *\nDisallow: /pages/private/\n",
	}
	mux := http.NewServeMux()
	for path, body := range plain {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	}
	mux.HandleFunc("/zipped", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, rss(utf8Head, item("Termez builds a dry port", "/zipped/1", date, "Termez."+long)))
		_ = z.Close()
	})
	mux.Handle("/moved", http.RedirectHandler("/moved-here", http.StatusMovedPermanently))
	mux.HandleFunc("/moved-here", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, rss(utf8Head, item("Atyrau bridge is closed for repairs", "/moved/1", date, "Atyrau."+long)))
	})
	mux.HandleFunc("/falls", func(w http.ResponseWriter, _ *http.Request) {
		if o.down {
			http.Error(w, "no", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, rss(utf8Head, item("Semey remembers its poets", "/falls/1", date, "Semey."+long)))
	})
	mux.HandleFunc("/renamed", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, rss(utf8Head, item("Khujand opens a cotton museum", fmt.Sprintf("/renamed/%d", o.ids), date, "Khujand."+long)))
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte(" "), fetch.MaxBody+1))
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, utf8Head+`<rss version="2.0"><channel><title>Cut</title>`+item("Balkhash freezes over", "/cut/1", date, "Balkhash."+long)+item("Endless", "/cut/2", date, strings.Repeat("x ", fetch.MaxBody/2)))
	})
	mux.Handle("/inside", http.RedirectHandler("http://127.0.0.1:1/feed", http.StatusFound))
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.asked[r.URL.Path]++
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *outlets) count(path string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[path]
}

func (o *outlets) set(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

var paths = []string{"/rss2", "/rss091", "/rss1", "/atom", "/json", "/win", "/koi", "/lies", "/torn", "/odd", "/html", "/many", "/same", "/excerpts", "/zipped", "/moved", "/falls", "/renamed", "/huge", "/cut", "/inside"}

// newsDesk reads all of them at a moment that the test moves.
func newsDesk(t *testing.T, o *outlets, now *time.Time) (*desk.Desk, *store.DB) {
	t.Helper()
	db := storetest.Open(t)
	d := newDesk(db)
	d.Now = func() time.Time { return *now }
	client := fetch.New(o.URL)
	d.Outlets, d.Pages = client, fetch.NewGuest(client)
	for _, p := range paths {
		d.Feeds = append(d.Feeds, news.Feed{URL: o.URL + p, Name: "Outlet " + p[1:]})
	}
	return d, db
}

func titles(t *testing.T, db *store.DB, q news.Query) map[string]news.Story {
	t.Helper()
	q.Limit = 1000
	all, err := db.Stories(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]news.Story{}
	for _, s := range all {
		by[s.Title] = s
	}
	return by
}

func TestFeedsOfEveryFormAndFault(t *testing.T) {
	o, now := newOutlets(t), noon
	d, db := newsDesk(t, o, &now)
	err := d.GatherNews(t.Context())
	for _, want := range []string{"feed Outlet html: answered no feed", "feed Outlet huge: answered no feed", "feed Outlet inside: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want it to say %q", err, want)
		}
	}
	all := titles(t, db, news.Query{})
	tests := []struct{ title, url, language, in string }{
		{"Bishkek opens a bridge over the Ala-Archa", "/rss2/1", "en", "Bishkek has opened a bridge."},
		{"Ashgabat plants a forest of pistachios", "/rdf/1", "en", "plants"},
		{"Almaty & Astana share a railway timetable", "/sub/1", "en", "Almaty and Astana"},
		{"Tashkent doubles its metro fleet", "/json/1", "en", "doubles"},
		{"В Алматы открыли новый мост", "/win/1", "en", "мост"},
		{"Бишкек закупит электрические автобусы", "/koi/1", "en", "автобусы"},
		{"Ташкент посадит сто тысяч деревьев", "/lies/1", "en", "деревья"},
		{"Khorog gets a university & a library", "/torn/1", "en", "Khorog"},
		{"Naryn looks into the future", "/odd/2", "en", ""},
		{"Termez builds a dry port", "/zipped/1", "en", "Termez"},
		{"Atyrau bridge is closed for repairs", "/moved/1", "en", "Atyrau"},
		{"Karakol ski lift wins a prize", "/pages/lift", "en", "won a prize of the mountain union"},
		{"Secret plans of a ministry", "/pages/private/1", "en", "Secret …"},
		{"Inside story of the harbour", "", "en", "Inside …"},
	}
	for _, tt := range tests {
		s, ok := all[tt.title]
		if !ok {
			t.Errorf("%q is missing", tt.title)
			continue
		}
		if tt.url != "" && s.URL != o.URL+tt.url || !strings.Contains(s.Text, tt.in) || s.Published.After(now) {
			t.Errorf("%q: %s of %s: %.80q, want %s with %q", tt.title, s.URL, s.Published, s.Text, tt.url, tt.in)
		}
		for _, clutter := range []string{"Read also", "Photo:", "All rights", "<"} {
			if strings.Contains(s.Text, clutter) {
				t.Errorf("%q has %q in its text", tt.title, clutter)
			}
		}
	}
	for _, undated := range []string{"Dushanbe repairs its opera house", "Osh bakes the longest bread"} {
		if _, ok := all[undated]; ok {
			t.Errorf("%q is news, though nobody knows of when it is", undated)
		}
	}
	states, err := db.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]string{}
	for _, f := range states {
		left[strings.TrimPrefix(f.URL, o.URL)] = fmt.Sprint(f.Left)
	}
	for path, want := range map[string]string{"/rss091": "map[undated:1]", "/odd": "map[empty:1 nowhere:2 undated:1]", "/many": "map[oversized:300]", "/cut": "map[oversized:1]"} {
		if left[path] != want {
			t.Errorf("%s left out %s, want %s", path, left[path], want)
		}
	}
	if _, ok := all["Balkhash freezes over"]; !ok {
		t.Error("a feed over the limit is not read as far as it came")
	}
	if also := all["Bishkek opens a bridge over the Ala-Archa"].Also; !slices.Equal(also, []string{"Outlet same"}) {
		t.Errorf("the bridge is also told by %q, want the other outlet", also)
	}
	many := 0
	for title := range all {
		if strings.HasPrefix(title, "Report number") {
			many++
		}
	}
	if many == 0 || many > 200 {
		t.Errorf("%d stories of a feed of 500, want at most 200", many)
	}
	if o.count("/pages/private/1") != 0 {
		t.Error("a page was read that robots.txt keeps us from")
	}
}

// What is not new is not fetched or told again, whatever a feed does.
func TestNothingIsToldTwice(t *testing.T) {
	o, now := newOutlets(t), noon
	d, db := newsDesk(t, o, &now)
	d.Feeds = slices.DeleteFunc(d.Feeds, func(f news.Feed) bool { return strings.HasSuffix(f.URL, "/many") })
	first := d.GatherNews(t.Context())
	had := titles(t, db, news.Query{})

	now = noon.Add(20 * time.Minute)
	o.set(func() { o.ids, o.down = 1, true })
	if err := d.GatherNews(t.Context()); err == nil || !strings.Contains(err.Error(), "feed Outlet falls: answered 503") {
		t.Errorf("second round: %v, want it to name the feed that fell", err)
	}
	if got := titles(t, db, news.Query{Since: noon.Add(time.Minute)}); len(got) != 0 {
		t.Errorf("told again: %v", got)
	}
	if got := titles(t, db, news.Query{}); len(got) != len(had) {
		t.Errorf("%d events, had %d (first round: %v)", len(got), len(had), first)
	}
	states, err := db.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		switch strings.TrimPrefix(s.URL, o.URL) {
		case "/moved":
			if s.Moved != o.URL+"/moved-here" {
				t.Errorf("moved to %q", s.Moved)
			}
		case "/zipped":
			if s.ETag != `"1"` || s.Error != "" {
				t.Errorf("zipped: %+v", s)
			}
		case "/falls":
			if s.Failures != 1 || !s.Success.Equal(noon) {
				t.Errorf("falls: %+v", s)
			}
		}
	}
	if n := o.count("/moved"); n != 1 {
		t.Errorf("the old address was asked %d times, want once", n)
	}

	// It is asked ever less often while it is down, and returns.
	asked := o.count("/falls")
	for range 12 { // six hours
		now = now.Add(30 * time.Minute)
		_ = d.GatherNews(t.Context()) // that feeds fail is what the test is about
	}
	if n := (o.count("/falls") - asked) / 2; n < 3 || n > 6 { // the client itself tries twice
		t.Errorf("asked %d times in six hours", n)
	}
	o.set(func() { o.down = false })
	now = now.Add(13 * time.Hour)
	_ = d.GatherNews(t.Context())
	states, _ = db.Feeds(t.Context())
	for _, s := range states {
		if strings.HasSuffix(s.URL, "/falls") && (s.Failures != 0 || s.Error != "") {
			t.Errorf("back again: %+v", s)
		}
	}
	if got := titles(t, db, news.Query{Since: noon.Add(time.Minute)}); len(got) != 0 {
		t.Errorf("told again when it returned: %v", got)
	}
}

// A digest has what was first seen in the day before it, for each reader's preferences.
func TestDigestRepeatsNothingAndKeepsToThePreferences(t *testing.T) {
	db := storetest.Open(t)
	story := func(n int, seen time.Time, publisher string, countries, topics []string) news.Story {
		url := fmt.Sprintf("https://x.example/%d", n)
		return news.Story{URL: url, Event: url, Title: fmt.Sprintf("Story %d", n), Publisher: publisher, Countries: countries, Topics: topics, Language: "en", Published: seen, Seen: seen}
	}
	var all []news.Story
	for n, s := range []struct {
		before    time.Duration
		publisher string
		country   string
		topic     string
	}{
		{25 * time.Hour, "A", "kz", "energy"}, {23 * time.Hour, "A", "kz", "energy"}, {time.Hour, "B", "kg", "trade"}, {time.Minute, "B", "kz", "society"}, {-time.Minute, "A", "kz", "trade"},
	} {
		all = append(all, story(n, noon.Add(-s.before), s.publisher, []string{s.country}, []string{s.topic}))
	}
	if _, err := db.SaveNews(t.Context(), all, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		wants reader.NewsPreferences
		due   time.Time
		want  string
	}{
		{"all of the day", reader.NewsPreferences{}, noon, "[Story 3 Story 2 Story 1]"},
		{"the next day's", reader.NewsPreferences{}, noon.AddDate(0, 0, 1), "[Story 4]"},
		{"a country", reader.NewsPreferences{Countries: []string{"kz"}}, noon, "[Story 3 Story 1]"},
		{"a topic", reader.NewsPreferences{Topics: []string{"trade", "energy"}}, noon, "[Story 2 Story 1]"},
		{"without a topic", reader.NewsPreferences{MutedTopics: []string{"society"}}, noon, "[Story 2 Story 1]"},
		{"without an outlet", reader.NewsPreferences{MutedOutlets: []string{"B"}}, noon, "[Story 1]"},
	}
	for _, tt := range tests {
		r := reader.New(7, "en")
		r.News = tt.wants
		e, err := digest.Compose(t.Context(), db, r, tt.due.Add(3*time.Minute), tt.due)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range e.Stories {
			got = append(got, s.Title)
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

// What a model makes up is not used; what it says well is.
func TestModelSummaryIsUsedWhereItIsTrue(t *testing.T) {
	o, now := newOutlets(t), noon
	d, db := newsDesk(t, o, &now)
	d.Feeds = []news.Feed{d.Feeds[0], d.Feeds[3]}
	d.Model = scripted(func(title string) (string, error) {
		if strings.HasPrefix(title, "Bishkek") {
			return "Bishkek has a new bridge.", nil
		}
		return "", fmt.Errorf("made up")
	})
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := titles(t, db, news.Query{})
	if s := all["Bishkek opens a bridge over the Ala-Archa"].Summary; s != "Bishkek has a new bridge." {
		t.Errorf("summary %q, want the model's", s)
	}
	if s := all["Almaty & Astana share a railway timetable"].Summary; s == "" || s == "made up" {
		t.Errorf("summary %q, want one of the article's own sentences", s)
	}
}

type scripted func(title string) (string, error)

func (f scripted) Headline(_ context.Context, title, language string) (string, error) {
	return f(title + " in " + language)
}

func (f scripted) Of(_ context.Context, title, _ string, _ int) (string, error) { return f(title) }

// TestHeadlineIsTranslatedWhereItSaysTheSame: for who gets stories of other languages, the
// headline in its language, unless the model says anything else.
func TestHeadlineIsTranslatedWhereItSaysTheSame(t *testing.T) {
	o, now := newOutlets(t), noon
	d, db := newsDesk(t, o, &now)
	d.Feeds = []news.Feed{d.Feeds[0], d.Feeds[3]}
	var asked []string
	d.Model = scripted(func(title string) (string, error) {
		asked = append(asked, title)
		switch title {
		case "Bishkek opens a bridge over the Ala-Archa in Russian":
			return "в Бишкеке открыли мост через Ала-Арчу", nil
		case "Almaty & Astana share a railway timetable in Russian":
			return "Алматы и Ташкент делят расписание поездов", nil
		}
		return "", fmt.Errorf("nothing")
	})
	gather := func() {
		t.Helper()
		if err := d.GatherNews(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	abroad := reader.New(7, "ru")
	abroad.News.AnyLanguage = true
	for _, r := range []reader.Reader{abroad, reader.New(8, "kk")} {
		if _, err := db.Register(t.Context(), r, now); err != nil {
			t.Fatal(err)
		}
		if err := db.SaveReader(t.Context(), r, now); err != nil {
			t.Fatal(err)
		}
	}
	gather()
	all := titles(t, db, news.Query{})
	if title, translated := all["Bishkek opens a bridge over the Ala-Archa"].TitleIn("ru"); title != "В Бишкеке открыли мост через Ала-Арчу" || !translated {
		t.Errorf("the headline in Russian is %q", title)
	}
	for _, lang := range []string{"en", "kk"} {
		if title, translated := all["Bishkek opens a bridge over the Ala-Archa"].TitleIn(lang); translated {
			t.Errorf("in %s it is %q", lang, title)
		}
	}
	if title, translated := all["Almaty & Astana share a railway timetable"].TitleIn("ru"); translated {
		t.Errorf("a headline with another city is used: %q", title)
	}
	if slices.ContainsFunc(asked, func(s string) bool { return strings.HasSuffix(s, "in Kazakh") || strings.HasSuffix(s, "in English") }) {
		t.Errorf("asked for headlines that nobody gets: %q", asked)
	}
}

// What two languages tell of one event in two rounds is one headline to who reads both, in its own, also
// where what comes later was told first.
func TestEventIsOneHeadlineAcrossLanguages(t *testing.T) {
	item := func(hour, link, title, text string) string {
		return `<item><title>` + title + `</title><link>` + link + `</link><pubDate>Wed, 01 Apr 2026 ` + hour + `:00:00 GMT</pubDate><description>` + text + `</description></item>`
	}
	var mu sync.Mutex
	bodies := map[string]string{
		"/en": item("10", "https://one.example/bridge", "Bridge over the Naryn collapses near Toktogul, four people killed", "A road bridge over the Naryn river collapsed near Toktogul on Wednesday morning, killing four people, the emergencies ministry said. Two cars fell into the water."),
		"/ru": "",
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>T</title>`+bodies[r.URL.Path]+`</channel></rss>`)
	}))
	defer server.Close()
	db, now := storetest.Open(t), noon
	d := newDesk(db)
	d.Now = func() time.Time { return now }
	client := fetch.New(server.URL)
	d.Outlets, d.Pages = client, fetch.NewGuest(client)
	d.Feeds = []news.Feed{{Name: "One", URL: server.URL + "/en"}, {Name: "Два", URL: server.URL + "/ru"}}
	for round := range 2 {
		_ = d.GatherNews(t.Context()) // pages are of no outlet
		mu.Lock()
		bodies["/ru"] = item("09", "https://two.example/most", "Под Токтогулом обрушился мост через Нарын, погибли четыре человека", "Автомобильный мост через реку Нарын обрушился под Токтогулом утром 1 апреля. Погибли четыре человека, сообщило МЧС. Две машины упали в воду.") +
			item("09", "https://two.example/shkola", "В Караколе откроют школу на 600 мест", "Новая школа на 600 учеников откроется в Караколе 1 сентября, рассказали в мэрии города. Строительство началось в прошлом году.")
		mu.Unlock()
		now = noon.Add(time.Duration(round+1) * time.Hour)
	}
	for prefer, want := range map[string][]string{"en": {"Bridge over", "В Караколе"}, "ru": {"Под Токтогулом", "В Караколе"}} {
		all, err := db.Stories(t.Context(), news.Query{Prefer: prefer, Limit: 9})
		if err != nil || len(all) != 2 {
			t.Fatalf("%s: %+v, %v, want two", prefer, all, err)
		}
		for _, w := range want {
			if !slices.ContainsFunc(all, func(s news.Story) bool { return strings.HasPrefix(s.Title, w) }) {
				t.Errorf("%s: %+v, want %q", prefer, all, w)
			}
		}
	}
}

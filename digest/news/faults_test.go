package news

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"habar/digest/fetch"
)

func TestDatesAreRead(t *testing.T) {
	almaty, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		"Sun, 15 Dec 2024 12:15 PM":             "2024-12-15T12:15:00Z",
		"Sun, 15 Dec 2024 12:15 AM":             "2024-12-15T00:15:00Z",
		"Mo, 25 Jun 2018 11:41:36":              "2018-06-25T11:41:36Z",
		"WED,23 MAY 2012 02:23:01":              "2012-05-23T02:23:01Z",
		"Tue, Jan 23 2018 02:54:55 MST":         "2018-01-23T09:54:55Z",
		"15 декабря 2024, 12:15":                "2024-12-15T12:15:00Z",
		"Вс, 15 дек 2024 12:15:00 +0500":        "2024-12-15T07:15:00Z",
		"2024-12-15T12:15+0500":                 "2024-12-15T07:15:00Z",
		"2024-12-15T12:15:00.123+05:00":         "2024-12-15T07:15:00Z",
		"2024-12-15 12:15:00 +05":               "2024-12-15T07:15:00Z",
		"03.03.2025, 09:00":                     "2025-03-03T09:00:00Z",
		"03/13/2025 09:00":                      "2025-03-13T09:00:00Z",
		"2025-03-03":                            "2025-03-03T12:00:00Z",
		"Mon, 02 Jan 06 15:04 UT":               "2006-01-02T15:04:00Z",
		"Thu, 26 Nov 2026 10:00:00 MSK":         "2026-11-26T07:00:00Z",
		"Thu, 26 Nov 2026 10:00:00 ALMT":        "2026-11-26T05:00:00Z",
		"Mon, 15 Jan 2024 10:00:00 ALMT":        "2024-01-15T04:00:00Z", // before Kazakhstan became one zone
		"2026 жылғы 26 қараша, 10:00":           "2026-11-26T10:00:00Z",
		"26-ноябрь, 2026 10:00":                 "2026-11-26T10:00:00Z",
		"26 noyabr 2026, 10:00":                 "2026-11-26T10:00:00Z",
		"26 ноябри соли 2026, 10:00":            "2026-11-26T10:00:00Z",
		"26 noýabr 2026 10:00":                  "2026-11-26T10:00:00Z",
		"November 26, 2026 10:00 a.m. GMT+0500": "2026-11-26T05:00:00Z",
		"":                                      "", "yesterday": "", "32.13.2025": "", "31 Feb 2025": "", "99:99": "", strings.Repeat("1", 200): "",
	} {
		got := ""
		if at, ok := parseDate(raw, time.UTC); ok {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
	if at, _ := parseDate("26.11.2026 10:00", almaty); at.UTC().Hour() != 5 {
		t.Errorf("a time without a zone is %s, want the feed's own country's clock", at)
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("Sun, 15 Dec 2024 12:15 PM")
	f.Add("26 ноябри соли 2026, 10:00 ALMT")
	f.Fuzz(func(t *testing.T, raw string) {
		if at, ok := parseDate(raw, time.UTC); ok && (at.Year() < 1989 || at.Year() > 10000) {
			t.Errorf("%q is %s", raw, at)
		}
	})
}

func item(parts string) string {
	return "<item>" + parts + "</item>"
}

func document(items ...string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://x.example/</link>` + strings.Join(items, "") + `</channel></rss>`
}

// Each line is a kind of feed that loses its news in other programs.
func TestFeedsLoseNothingSilently(t *testing.T) {
	at := "<pubDate>" + now.Add(-time.Hour).Format(time.RFC1123Z) + "</pubDate>"
	link := func(s string) string { return "<link>https://x.example/" + s + "</link>" }
	for name, c := range map[string]struct {
		feed   string
		titles string
		left   string
	}{
		"links that differ in the fragment": {document(item("<title>A</title>"+link("d#1")+at), item("<title>B</title>"+link("d#2")+at)), "A|B", ""},
		"one link for all":                  {document(item("<title>A</title>"+link("")+"<guid isPermaLink='false'>1</guid>"+at), item("<title>B</title>"+link("")+"<guid isPermaLink='false'>2</guid>"+at)), "A|B", ""},
		"one item twice":                    {document(item("<title>A</title>"+link("a")+at), item("<title>A</title>"+link("a?utm_source=rss")+at)), "A", "repeated:1"},
		"no title":                          {document(item(link("a") + at + "<description>A bridge was opened. It is long.</description>")), "A bridge was opened.", ""},
		"nothing":                           {document(item(link("a") + at)), "", "empty:1"},
		"a podcast without a link":          {document(item("<title>A</title>" + at + `<enclosure url="https://x.example/1.mp3" type="audio/mpeg" length="1"/>`)), "A", ""},
		"a week ago":                        {document(item("<title>A</title>" + link("a") + "<pubDate>15 декабря 2024, 12:15</pubDate>")), "", "old:1"},
		"XML 1.1":                           {strings.Replace(document(item("<title>A</title>"+link("a")+at)), `"1.0"`, `"1.1"`, 1), "A", ""},
	} {
		found, err := Feed{URL: "https://x.example/feed"}.Parse([]byte(c.feed), now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var titles, left, urls []string
		for _, s := range found.Stories {
			titles, urls = append(titles, s.Title), append(urls, s.URL)
		}
		for why, n := range found.Left {
			left = append(left, fmt.Sprintf("%s:%d", why, n))
		}
		if strings.Join(titles, "|") != c.titles || strings.Join(left, " ") != c.left {
			t.Errorf("%s: %q, left out %v, want %q and %q", name, titles, left, c.titles, c.left)
		}
		if len(urls) == 2 && urls[0] == urls[1] {
			t.Errorf("%s: two stories at %s", name, urls[0])
		}
	}
}

func TestFeedsAreCutAtTheirOldest(t *testing.T) {
	var items []string
	for i := range maxItems + 50 { // the oldest first
		items = append(items, item(fmt.Sprintf("<title>N%d</title><link>https://x.example/%d</link><pubDate>%s</pubDate>", i, i, now.Add(time.Duration(i-maxItems-60)*time.Minute).Format(time.RFC1123Z))))
	}
	found, err := Feed{URL: "https://x.example/feed"}.Parse([]byte(document(items...)), now)
	if err != nil || len(found.Stories) != maxItems || found.Stories[0].Title != fmt.Sprintf("N%d", maxItems+49) || found.Left[Oversized] != 50 {
		t.Errorf("%d stories, the first %q, left out %v, %v", len(found.Stories), found.Stories[0].Title, found.Left, err)
	}
}

func TestFeedsThatNestWithoutEndAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"nested":   `<rss><channel>` + strings.Repeat("<a>", 900000),
		"elements": `<rss><channel>` + strings.Repeat("<a/>", 900000),
	} {
		begun := time.Now()
		if _, err := (Feed{URL: "https://x.example/"}).Parse([]byte(body), now); err == nil || time.Since(begun) > 5*time.Second {
			t.Errorf("%s: %v after %s", name, err, time.Since(begun))
		}
	}
}

func TestFeedsWithoutDatesAreNotAllNews(t *testing.T) {
	var s FeedState
	undated := func(url string) Story { return Story{URL: url, Published: now, undated: true} }
	s.Left = map[Reason]int{}
	first := s.sift([]Story{undated("a"), undated("b")}, true)
	if len(first) != 2 || !first[0].MayBeOld(now) {
		t.Errorf("first round: %v, want stories whose pages are asked for their day", first)
	}
	s.Left = map[Reason]int{}
	later := s.sift([]Story{undated("c"), undated("a"), undated("b")}, false)
	if len(later) != 1 || later[0].URL != "c" || later[0].MayBeOld(now) || s.Left[Undated] != 2 {
		t.Errorf("later: %v, left out %v, want what came since", later, s.Left)
	}
}

const body11 = `Мост через Иртыш открыли в Казахстане во вторник, сообщили в министерстве транспорта республики. Он соединил два берега и сократил дорогу на сорок километров для десятков тысяч жителей области.`

// What a page says of its encoding may be wrong, and what it is may be no article.
func TestPagesAreReadForWhatTheyAre(t *testing.T) {
	cp1251, err := charmap.Windows1251.NewEncoder().String("<html><head><title>М</title></head><body><article><h1>В Казахстане открыли мост</h1><p>" + body11 + "</p></article></body></html>")
	if err != nil {
		t.Fatal(err)
	}
	utf8 := "<html><head><title>М</title></head><body><article><p>" + body11 + "</p></article></body></html>"
	cookies := "<div class=x>" + strings.Repeat("<p>We and our 700 partners store cookies on your device to process personal data, and you may accept or manage your choices.</p>", 30) + "</div>"
	const title = "В Казахстане открыли мост через Иртыш"
	for name, c := range map[string]struct {
		page, kind string
		want       string // in the text; "" for the feed's own
		date       string
	}{
		"windows-1251 in the header":       {cp1251, "text/html; charset=windows-1251", "сорок километров", ""},
		"windows-1251 said nowhere":        {cp1251, "text/html", "сорок километров", ""},
		"windows-1251 in the meta":         {strings.Replace(cp1251, "<head>", "<head>"+strings.Repeat("<!-- -->", 1500)+"<meta charset=windows-1251>", 1), "", "сорок километров", ""},
		"UTF-8 that says windows-1251":     {strings.Replace(utf8, "<head>", "<head><meta charset=windows-1251>", 1), "text/html", "сорок километров", ""},
		"cookies before the article":       {"<html><body>" + cookies + "<div class=y><p>" + body11 + "</p></div></body></html>", "text/html", "сорок километров", ""},
		"cookies and no article":           {"<html><body>" + cookies + "</body></html>", "text/html", "", ""},
		"an article on something else":     {"<html><body><article>" + strings.Repeat("<p>Футбольный клуб выиграл вчера товарищескую встречу с соперниками из другой лиги на своём поле.</p>", 5) + "</article></body></html>", "text/html", "", ""},
		"a PDF":                            {"%PDF-1.4 " + body11, "application/pdf", "", ""},
		"a PDF that says it is a page":     {"%PDF-1.4 " + body11, "text/html", "", ""},
		"JSON":                             {`{"text":"` + body11 + `"}`, "application/json", "", ""},
		"a script":                         {"var text = '" + body11 + "'", "application/javascript", "", ""},
		"an article for machines":          {`<html><head><script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2026-03-31T10:00:00+05:00","articleBody":"` + body11 + `"}]}</script></head><body><p>x</p></body></html>`, "text/html", "сорок километров", "2026-03-31"},
		"a day in a meta element":          {strings.Replace(utf8, "<head>", `<head><meta property="article:published_time" content="2026-03-31T10:00:00+05:00">`, 1), "text/html", "сорок километров", "2026-03-31"},
		"a day in a time element":          {strings.Replace(utf8, "<article>", `<article><time datetime="2026-03-30T10:00">30 марта</time>`, 1), "text/html", "сорок километров", "2026-03-30"},
		"other news in a block of its own": {strings.Replace(utf8, "</p>", `</p><div class="related"><p>Читайте также: в Ташкенте открыли метро</p></div>`, 1), "text/html", "сорок километров", ""},
	} {
		s := Story{URL: "https://x.example/1", Title: title, Text: "Мост открыт.", Published: now, undated: true}
		got, _ := s.WithPage([]byte(c.page), c.kind, now)
		if c.want == "" && got.Text != s.Text || !strings.Contains(got.Text, c.want) || strings.Contains(got.Text, "cookies") || strings.Contains(got.Text, "Ташкенте") {
			t.Errorf("%s: %q", name, got.Text)
		}
		if day := got.Published.Format(time.DateOnly); c.date != "" && (day != c.date || got.undated) {
			t.Errorf("%s: of %s, want %s", name, day, c.date)
		}
	}
}

// sharedFault returns the folder of inputs that went wrong, which stands beside a checkout.
func sharedFault(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "faults", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared inputs are not here: %v", err)
	}
	return dir
}

func TestSharedPages(t *testing.T) {
	dir := sharedFault(t, "pages")
	list, err := os.ReadFile(filepath.Join(dir, "pages.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pages []struct {
		File, Title, Excerpt, What string
		ContentType                string `json:"content_type"`
	}
	if err := json.Unmarshal(list, &pages); err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		body, err := os.ReadFile(filepath.Join(dir, p.File))
		if err != nil {
			t.Fatal(err)
		}
		s := Story{URL: "https://x.example/1", Title: p.Title, Text: p.Excerpt, Published: now}
		got, err := s.WithPage(body, p.ContentType, now)
		switch p.File {
		case "20.html":
			if got.Text != p.Excerpt {
				t.Errorf("%s (%s): %q", p.File, p.What, got.Text)
			}
		default:
			if got.Text == p.Excerpt || garbled(got.Text) > 0 || strings.Contains(got.Text, "cookies") || strings.Contains(got.Text, "plastic") {
				t.Errorf("%s (%s): %v %q", p.File, p.What, err, got.Text)
			}
		}
	}
}

var ago = regexp.MustCompile(`\{NOW-(\d+)([hd])\}`)

func TestSharedFeeds(t *testing.T) {
	dir := sharedFault(t, "feeds")
	for name, want := range map[string]int{"fragments": 3, "home-links": 2, "no-titles": 1, "oldest-first": 7, "youtube": 1, "podcast": 1, "xml11": 1} {
		body, err := os.ReadFile(filepath.Join(dir, name+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		text := ago.ReplaceAllStringFunc(string(body), func(s string) string {
			m := ago.FindStringSubmatch(s)
			var n int
			fmt.Sscan(m[1], &n)
			unit := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour}[m[2]]
			return now.Add(-time.Duration(n) * unit).Format(time.RFC1123Z)
		})
		text = strings.ReplaceAll(text, "http://x", "http://x.example")
		found, err := Feed{URL: "http://x.example/feed"}.Parse([]byte(text), now)
		if err != nil || len(found.Stories) != want {
			t.Errorf("%s: %d stories, left out %v, %v, want %d", name, len(found.Stories), found.Left, err, want)
		}
		for _, s := range found.Stories {
			if s.Title == "" || name == "youtube" && !strings.Contains(s.Summarised().Summary, "bridge joins") {
				t.Errorf("%s: %+v", name, s.Summarised())
			}
		}
	}
}

// A site is what stands at each address.
type site map[string]string

func (s site) Ask(_ context.Context, r fetch.Request) (fetch.Response, error) {
	body, ok := s[r.URL]
	if !ok {
		return fetch.Response{}, &fetch.StatusError{Code: 404, Status: "404 Not Found"}
	}
	return fetch.Response{Body: []byte(body)}, nil
}

func TestAFeedIsFoundOnItsSite(t *testing.T) {
	feed := document(item("<title>A</title><link>https://x.example/a</link>"))
	s := site{
		"https://x.example/":              `<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed"><link rel="alternate" type="application/rss+xml" href="/dead"><link rel="alternate" type="application/atom+xml" href="/new.xml"></head></html>`,
		"https://x.example/new.xml":       feed,
		"https://x.example/comments/feed": feed,
		"https://bare.example/":           "<html></html>",
		"https://old.example/":            `<html><head><LINK REL="home alternate" TYPE="application/rss+xml" HREF="//x.example/new.xml"></head></html>`,
	}
	for address, want := range map[string]string{
		"https://x.example/": "https://x.example/new.xml", "https://x.example/section/politics": "https://x.example/new.xml", "https://x.example/new.xml": "https://x.example/new.xml",
		"https://old.example/": "https://x.example/new.xml", "https://bare.example/": "", "https://none.example/": "",
	} {
		if got, err := Discover(t.Context(), s, address); got.URL != want || (err == nil) != (want != "") {
			t.Errorf("%s: %v, %v, want %q", address, got, err, want)
		}
	}

	f := Feed{URL: "https://x.example/old.xml", Name: "X"}
	at, state := now, FeedState{}
	for range 12 { // a day of tries, ever further apart
		if state.Due(at) {
			_, state, _ = f.Read(t.Context(), s, state, at)
		}
		at = at.Add(3 * time.Hour)
	}
	if state.Moved != "https://x.example/new.xml" || state.Error != "" || state.Stories != 1 {
		t.Errorf("after a day and a half: %+v, want the feed that the site names", state)
	}
}

func TestOutletsOfEveryLanguage(t *testing.T) {
	by, addresses := map[string]int{}, map[string]bool{}
	for _, f := range Feeds() {
		by[f.Language]++
		if addresses[f.URL] || !strings.HasPrefix(f.URL, "https://") {
			t.Errorf("%s stands twice or is not https", f.URL)
		}
		addresses[f.URL] = true
	}
	for lang, least := range map[string]int{"en": 5, "ru": 10, "kk": 2, "ky": 2, "uz": 3, "tg": 2, "tk": 2} {
		if by[lang] < least {
			t.Errorf("%d outlets in %s, want %d", by[lang], lang, least)
		}
	}
	if len(Feeds()) < 30 {
		t.Errorf("%d outlets", len(Feeds()))
	}
}

// TestLineOfADayAlone: a line that says when, and nothing else.
func TestLineOfADayAlone(t *testing.T) {
	for line, want := range map[string]string{
		"08 December 2025": "2025-12-08", "Monday, 8 December 2025": "2025-12-08", "Published Jan 23, 2024 12:49 pm": "2024-01-23",
		"8 декабря 2025 г.": "2025-12-08", "Понедельник, 8 декабря 2025 года, 14:20": "2025-12-08", "Опубликовано: 08.12.2025": "2025-12-08",
		"Updated 2025-12-08 10:00 GMT": "2025-12-08", "Дата публикации: 8 декабря 2025": "2025-12-08", "2025 жылғы 8 желтоқсан": "2025-12-08", "8-dekabr, 2025-yil": "2025-12-08", "8 желтоқсан 2025 ж.": "2025-12-08", "Обновлено: 08.12.2025, 14:20 (UTC+5)": "2025-12-08", "Posted on 7 Dec 2025 by Admin": "",
		"May 3 March by 2000 Women": "", "Kazakhstan exports in December 2025": "", "8 декабря 2025 года в Бишкеке": "", "December 2025": "", "2025": "", "12 300 tonnes": "",
	} {
		got, ok := DayLine(line)
		if s := got.Format(time.DateOnly); ok != (want != "") || ok && s != want || !ok && !got.IsZero() {
			t.Errorf("DayLine(%q) = %s, %t, want %q", line, s, ok, want)
		}
	}
}

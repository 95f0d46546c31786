package bot

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/reader"
	"habar/store"
)

// site is an outlet whose page names its feed.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Welcome</body></html>`)
	})
	for i := range 30 {
		mux.HandleFunc(fmt.Sprintf("/%d.xml", i), feedOf("Many"))
	}
	mux.HandleFunc("/feed.xml", feedOf("The <b>Naryn</b> & Co"))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func feedOf(title string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title><![CDATA[%s]]></title><item><title>Naryn opens a weather station</title><link>https://naryn.example/1</link></item></channel></rss>`, title)
	}
}

// newBotOf is newBot, asking for feeds as a client does.
func newBotOf(t *testing.T, client news.Client) (*Bot, *store.DB) {
	t.Helper()
	b, db := newBot(t)
	b.Feeds = client
	b, err := New(b.Config)
	if err != nil {
		t.Fatal(err)
	}
	return b, db
}

func TestFeedsAreAddedListedAndRemoved(t *testing.T) {
	outlet := site(t)
	b, db := newBotOf(t, fetch.New(outlet))
	ask := func(text string) string {
		t.Helper()
		r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := b.answer(t.Context(), said(text), r)
		if _, err := b.send(t.Context(), envelope{chat: 1001}, m); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		return m.HTML + fmt.Sprint(m.Keyboard)
	}
	feeds := func() []reader.Feed {
		r, _ := db.Register(t.Context(), reader.New(1001, "en"), ten)
		return r.News.Feeds
	}
	if got := ask("/feeds add " + outlet); !strings.Contains(got, "The Naryn &amp; Co") {
		t.Errorf("adding says %s", got)
	}
	want := []reader.Feed{{URL: outlet + "/feed.xml", Name: "The Naryn & Co"}}
	if got := feeds(); len(got) != 1 || got[0] != want[0] {
		t.Fatalf("kept %v, want %v", got, want)
	}
	ask("/feeds add " + outlet + "/feed.xml")
	if got := feeds(); len(got) != 1 {
		t.Errorf("the same twice: %v", got)
	}
	if got := ask("/feeds"); !strings.Contains(got, want[0].Mark()) {
		t.Errorf("the list has no button to remove it: %s", got)
	}
	for failures, silent := range map[int]bool{0: false, 1: false, 2: true} {
		state := news.FeedState{URL: want[0].URL, Tried: ten, Failures: failures, Own: true}
		if _, err := db.SaveNews(t.Context(), nil, []news.FeedState{state}, nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := ask("/feeds"); strings.Contains(got, "does not answer") != silent {
			t.Errorf("after %d failures: %s", failures, got)
		}
	}
	ask("/feeds drop zzz")
	if got := feeds(); len(got) != 1 {
		t.Errorf("a button of an old list removed %v", want)
	}
	ask("/feeds drop " + want[0].Mark())
	if got := feeds(); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
	for i := range DefaultMaxFeeds + 1 {
		got := ask(fmt.Sprintf("/feeds add %s/%d.xml", outlet, i))
		if full := strings.Contains(got, "as many feeds as it may have"); full != (i == DefaultMaxFeeds) {
			t.Errorf("feed %d: %s", i+1, got)
		}
	}
	if got := feeds(); len(got) != DefaultMaxFeeds {
		t.Errorf("%d are kept", len(got))
	}
}

// TestFeedsTellNothingOfWhatIsInside: the answer is the same, whether a private address
// refuses, is silent, is no feed or is one.
func TestFeedsTellNothingOfWhatIsInside(t *testing.T) {
	b, db := newBotOf(t, fetch.New())
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{site(t), site(t) + "/feed.xml", "http://127.0.0.1:1", "http://[::1]/", "localhost.", "http://169.254.169.254/latest/"} {
		m, _ := b.answer(t.Context(), said("/feeds add "+address), r)
		if !strings.HasPrefix(m.HTML, "I found no feed there.") {
			t.Errorf("%s: %s", address, m.HTML)
		}
	}
	for _, address := range []string{"ftp://a.example/", "https://user:secret@a.example/", "https://", "https://a.example/" + strings.Repeat("x", 5000)} {
		m, _ := b.answer(t.Context(), said("/feeds add "+address), r)
		if strings.Contains(m.HTML, "secret") || !strings.Contains(m.HTML, "/feeds add") {
			t.Errorf("%s: %s", address, m.HTML)
		}
	}
}

// TestStoriesOfOwnFeedsAreShownToTheirChatAlone: in /news, by their buttons and in the digest.
func TestStoriesOfOwnFeedsAreShownToTheirChatAlone(t *testing.T) {
	b, db := newBot(t)
	feed := "https://naryn.example/feed"
	b.Operators = []int64{1001}
	b, err := New(b.Config)
	if err != nil {
		t.Fatal(err)
	}
	sources := func(r reader.Reader) string {
		m, _ := b.answer(t.Context(), said("/sources"), r)
		return m.HTML
	}
	owner, other := reader.New(1001, "en"), reader.New(2002, "en")
	before := sources(owner)
	_, err = db.SaveNews(t.Context(), []news.Story{{URL: "https://naryn.example/1", Feed: feed, Title: "Naryn opens a weather station", Text: "Naryn has opened it.", Summary: "Naryn has opened it.", Publisher: "Naryn", Language: "en", Published: ten.Add(-3600e9), Seen: ten.Add(-3600e9)}},
		[]news.FeedState{{URL: feed, Tried: ten, Error: "no answer", Failures: 9, Own: true}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	owner.News.Feeds = []reader.Feed{{URL: feed, Name: "Naryn"}}
	q := digest.NewsFor(owner)
	q.Limit = 20
	stories, err := db.Stories(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	for _, s := range stories {
		if s.Feed == feed {
			id = s.ID
		}
	}
	for r, shown := range map[*reader.Reader]bool{&owner: true, &other: false} {
		for _, text := range []string{"/news", "/news search weather", fmt.Sprintf("/news story %d", id), "/digest"} {
			m, _ := b.answer(t.Context(), said(text), *r)
			if strings.Contains(m.HTML, "weather station") != shown {
				t.Errorf("%s, to chat %d: %s", text, r.Chat, m.HTML)
			}
		}
	}
	if after := sources(owner); after != before {
		t.Errorf("/sources, to an operator: %s", after)
	}
	if digestKey(owner, ten, ten) == digestKey(other, ten, ten) {
		t.Error("a digest that was made for one chat is kept for the other")
	}
}

// TestListOfManyFeedsFitsAMessage: of the longest names, as many as an operator may allow.
func TestListOfManyFeedsFitsAMessage(t *testing.T) {
	b, _ := newBot(t)
	r := reader.New(1001, "ru")
	var many []string
	silent := map[string]bool{}
	for i := range 40 {
		url := fmt.Sprintf("https://%d.example/%s", i, strings.Repeat("x", 1900))
		many = append(many, strings.Repeat("ш", 60))
		r.News.Feeds, silent[url] = append(r.News.Feeds, reader.Feed{URL: url, Name: strings.Repeat("ш", 60)}), true
	}
	if _, err := b.send(t.Context(), envelope{chat: 1001}, message.To(r, ten).Feeds(r.News.Feeds, message.FeedsChange{Listed: 99, Had: many, NoRoom: many, Bad: many}, silent)); err != nil {
		t.Error(err)
	}
}

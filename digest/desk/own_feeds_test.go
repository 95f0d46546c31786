package desk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"habar/digest/delivery"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/reader"
	"habar/digest/trade"
	"habar/store"
	"habar/store/storetest"
)

// ownDesk reads what three chats added, of an outlet that announces the same story at three
// addresses, each with its own words.
func ownDesk(t *testing.T) (d *desk.Desk, db *store.DB, outlet string) {
	t.Helper()
	mux := http.NewServeMux()
	for _, name := range []string{"a", "b", "all"} {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = io.WriteString(w, rss(utf8Head, item("Naryn opens a weather station, says "+name, "/story", "Wed, 01 Apr 2026 08:00:00 +0000", "Kyrgyzstan's exports to China amounted to $100 million in January 2026."+long)))
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	db = storetest.Open(t)
	for chat, feeds := range map[int64][]string{1: {"/a"}, 2: {"/b", "/a"}, 3: nil} {
		r := reader.New(chat, "en")
		if _, err := db.Register(t.Context(), r, noon); err != nil {
			t.Fatal(err)
		}
		for _, f := range feeds {
			r.News.Feeds = append(r.News.Feeds, reader.Feed{URL: server.URL + f, Name: "Outlet " + f[1:]})
		}
		if err := db.SaveReader(t.Context(), r, noon); err != nil {
			t.Fatal(err)
		}
	}
	d = newDesk(db)
	d.Now = func() time.Time { return noon }
	d.Outlets, d.Strangers = fetch.New(server.URL), fetch.New(server.URL)
	return d, db, server.URL
}

func said(stories []news.Story) (all []string) {
	for _, s := range stories {
		all = append(all, s.Title[len("Naryn opens a weather station, says "):])
	}
	return all
}

// TestFeedsOfReadersAreTheirsAlone: what one chat added reaches no other, does not stand for
// what an outlet of the operator says at the same address, and gives way to it.
func TestFeedsOfReadersAreTheirsAlone(t *testing.T) {
	d, db, outlet := ownDesk(t)
	check := func(when string, want map[string][]string) {
		t.Helper()
		for who, titles := range want {
			q := news.Query{Limit: 10, Languages: []string{"en"}}
			switch who {
			case "first":
				q.Feeds = []string{outlet + "/a"}
			case "second":
				q.Feeds = []string{outlet + "/b", outlet + "/a"}
			}
			got, err := db.Stories(t.Context(), q)
			if err != nil || fmt.Sprint(said(got)) != fmt.Sprint(titles) {
				t.Errorf("%s: the %s reads %v, %v, want %v", when, who, said(got), err, titles)
			}
			for _, s := range got {
				if len(s.Also) > 0 {
					t.Errorf("%s: the %s is told of %v", when, who, s.Also)
				}
			}
		}
	}
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("before", map[string][]string{"first": {"a"}, "second": {"a"}, "third": nil})
	if recent, err := db.RecentStories(t.Context(), time.Time{}); err != nil || len(recent) > 0 {
		t.Errorf("new stories are compared with %v, %v", recent, err)
	}
	d.Feeds = []news.Feed{{URL: outlet + "/all", Name: "Operator's"}}
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("after", map[string][]string{"first": {"all"}, "second": {"all"}, "third": {"all"}})
}

// TestFeedOfReadersThatTheOperatorTakesUp is read anew, for all.
func TestFeedOfReadersThatTheOperatorTakesUp(t *testing.T) {
	d, db, outlet := ownDesk(t)
	for range 2 {
		if err := d.GatherNews(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.Feeds = []news.Feed{{URL: outlet + "/a", Name: "Operator's"}}
	}
	got, err := db.Stories(t.Context(), news.Query{Limit: 10})
	if err != nil || len(got) != 1 || got[0].Publisher != "Operator's" {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestFeedsOfReadersGiveNoFactsAndAskNoModel: figures are what the operator's outlets say,
// and a model is the operator's expense.
func TestFeedsOfReadersGiveNoFactsAndAskNoModel(t *testing.T) {
	d, _, outlet := ownDesk(t)
	asked := 0
	d.Model = scripted(func(string) (string, error) { asked++; return "", errors.New("no") })
	batch, err := d.ReadNews(t.Context())
	if err != nil || len(batch.Fresh) != 2 || len(batch.Facts) > 0 || asked > 0 {
		t.Errorf("%d stories, facts %v, the model asked %d times, %v", len(batch.Fresh), batch.Facts, asked, err)
	}
	d.Feeds = []news.Feed{{URL: outlet + "/all", Name: "Operator's"}}
	if batch, err = d.ReadNews(t.Context()); err != nil || len(batch.Facts) == 0 || asked != 1 {
		t.Errorf("of the operator's feed: facts %v, the model asked %d times, %v", batch.Facts, asked, err)
	}
}

// TestFeedsOfReadersReachNoPrivateAddress: what a stranger names is asked as a stranger, and
// so are the pages that it announces, also where the operator's own feed is inside.
func TestFeedsOfReadersReachNoPrivateAddress(t *testing.T) {
	d, db, outlet := ownDesk(t)
	d.Strangers = fetch.New()
	if err := d.GatherNews(t.Context()); err != nil {
		t.Errorf("the operator is told of %v", err)
	}
	states, err := db.Feeds(t.Context())
	if err != nil || len(states) != 2 {
		t.Fatalf("states = %v, %v", states, err)
	}
	for _, s := range states {
		if !s.Own || s.Error == "" || s.Stories != 0 {
			t.Errorf("%s was read: %+v", s.URL, s)
		}
	}

	var asked atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(inside.Close)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, rss(utf8Head, item("Secrets of the harbour", inside.URL+"/secret", "Wed, 01 Apr 2026 08:00:00 +0000", "Secret …")))
	}))
	t.Cleanup(stranger.Close)
	r := reader.New(1, "en")
	r.News.Feeds = []reader.Feed{{URL: stranger.URL, Name: "Stranger"}}
	if err := db.SaveReader(t.Context(), r, noon); err != nil {
		t.Fatal(err)
	}
	d.Strangers, d.StrangersPages = fetch.New(stranger.URL), fetch.NewGuest(fetch.New())
	d.Pages = fetch.NewGuest(fetch.New(outlet, inside.URL))
	if err := d.GatherNews(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Stories(t.Context(), news.Query{Limit: 10, Feeds: []string{stranger.URL}}); err != nil || len(got) != 1 {
		t.Errorf("stories = %v, %v", got, err)
	}
	if asked.Load() > 0 {
		t.Error("a stranger's feed led inside")
	}
}

// TestFeedsOfReadersWaitTheirTurn: where they take too long, the rest is read in the next
// round, and the operator's are read in each.
func TestFeedsOfReadersWaitTheirTurn(t *testing.T) {
	d, db, _ := ownDesk(t)
	var now atomic.Int64
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now.Add(int64(time.Minute))
		_, _ = io.WriteString(w, rss(utf8Head, item("Slow "+r.URL.Path, r.URL.Path+"/1", "Wed, 01 Apr 2026 08:00:00 +0000", "Slow.")))
	}))
	t.Cleanup(slow.Close)
	r := reader.New(1, "en")
	for i := range 40 {
		r.News.Feeds = append(r.News.Feeds, reader.Feed{URL: fmt.Sprintf("%s/%02d", slow.URL, i), Name: "Slow"})
	}
	if err := db.SaveReader(t.Context(), r, noon); err != nil {
		t.Fatal(err)
	}
	d.Now = func() time.Time { return noon.Add(time.Duration(now.Load())) }
	d.Strangers = fetch.New(slow.URL)
	read := map[int]bool{}
	for round := range 8 {
		now.Add(int64(time.Hour))
		if err := d.GatherNews(t.Context()); err != nil {
			t.Fatal(err)
		}
		states, err := db.Feeds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read[round] = len(states) >= 40
	}
	if read[0] || !read[7] {
		t.Errorf("all were read in round: %v, want not in the first and by the last", read)
	}
}

// silent is an outlet that never answers, and a store that says whether the round goes on.
type silent struct {
	flaky
	saved int
}

func (*silent) Ask(ctx context.Context, _ fetch.Request) (fetch.Response, error) {
	<-ctx.Done()
	return fetch.Response{}, ctx.Err()
}

func (*silent) KnownStories(ctx context.Context, _ []string) (map[news.StoryKey]string, error) {
	return nil, ctx.Err()
}

func (s *silent) SaveNews(_ context.Context, _ []news.Story, feeds []news.FeedState, _ []trade.Fact, _ []delivery.Delivery) (int, error) {
	s.saved = len(feeds)
	return 0, nil
}

// TestFeedThatNeverAnswersEndsNoRound: its failure is kept, and so is what the others say.
func TestFeedThatNeverAnswersEndsNoRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &silent{}
		d := newDesk(nil)
		d.Store, d.Outlets = s, s
		d.Feeds = []news.Feed{{URL: "https://silent.example/rss", Name: "Silent"}}
		if err := d.GatherNews(t.Context()); err == nil || !strings.Contains(err.Error(), "Silent") || s.saved != 1 {
			t.Errorf("err = %v, %d feeds are kept", err, s.saved)
		}
	})
}

package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/reader"
)

// A seat is a person who sits at the chat page of a bot that runs.
type seat struct {
	t    *testing.T
	b    *Bot
	user string
	told int // messages that were there before
}

// sit runs a bot and sits down at its chat page.
func sit(t *testing.T, b *Bot, user string) *seat {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.Run(ctx) // its end is the test's
	}()
	t.Cleanup(func() { stop(); <-done })
	return &seat{t: t, b: b, user: user}
}

func (s *seat) post(path string, body any) {
	s.t.Helper()
	packed, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.Post(s.b.API+path, "application/json", bytes.NewReader(packed))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(resp.Body)
		s.t.Fatalf("%s: %s", path, said)
	}
}

func (s *seat) send(name, caption string, data []byte) answered {
	s.t.Helper()
	s.post("/playground/upload", map[string]any{"user": s.user, "name": name, "text": caption, "data": data})
	return s.hear()
}

func (s *seat) say(text string) answered {
	s.t.Helper()
	s.post("/playground/say", map[string]any{"user": s.user, "text": text})
	return s.hear()
}

type answered struct {
	From, HTML, File, FileName string
}

// hear waits for the next thing that the bot says.
func (s *seat) hear() answered {
	s.t.Helper()
	for begun := time.Now(); time.Since(begun) < 20*time.Second; {
		resp, err := http.Get(s.b.API + "/playground/chat?after=-1&user=" + url.QueryEscape(s.user))
		if err != nil {
			s.t.Fatal(err)
		}
		var chat struct{ Messages []answered }
		err = json.NewDecoder(resp.Body).Decode(&chat)
		_ = resp.Body.Close()
		if err != nil {
			s.t.Fatal(err)
		}
		if n := len(chat.Messages); n > s.told+1 && chat.Messages[n-1].From == "bot" {
			s.told = n
			return chat.Messages[n-1]
		}
		time.Sleep(10 * time.Millisecond) // the page asks likewise
	}
	s.t.Fatal("no answer")
	return answered{}
}

func (s *seat) download(a answered) []byte {
	s.t.Helper()
	resp, err := http.Get(s.b.API + a.File)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s, %v", a.File, resp.Status, err)
	}
	return body
}

const subscriptions = `<?xml version="1.0" encoding="windows-1251"?><opml version="1.0"><body>
<outline text="%s"><outline text="Naryn &amp; Co" xmlUrl="https://naryn.example/rss"/><outline title="Talas" type="rss" xmlUrl="http://talas.example/feed"/></outline>
<outline text="Naryn again" xmlUrl="https://naryn.example/rss"/><outline text="Files" xmlUrl="file:///etc/passwd"/></body></opml>`

// TestListOfFeedsIsSentAndReceivedAsAFile: a list comes in as other readers of feeds write it
// and goes out so that it can come in again; nothing of it is dropped without a word.
func TestListOfFeedsIsSentAndReceivedAsAFile(t *testing.T) {
	b, db := newBotOf(t, fetch.New())
	s := sit(t, b, "1001")
	list := []byte(fmt.Sprintf(subscriptions, "\xcd\xee\xe2\xee\xf1\xf2\xe8")) // Новости
	got := s.send("export.opml", "", list)
	for _, want := range []string{"Feeds in the file: 3, added: 2.", "No address of a feed: file:///etc/passwd.", "Naryn &amp; Co", "Talas"} {
		if !strings.Contains(got.HTML, want) {
			t.Errorf("the answer to a list has no %q: %s", want, got.HTML)
		}
	}
	kept := func() []reader.Feed {
		r, _ := db.Register(t.Context(), reader.New(1001, "en"), ten)
		return r.News.Feeds
	}
	want := []reader.Feed{{URL: "https://naryn.example/rss", Name: "Naryn & Co"}, {URL: "http://talas.example/feed", Name: "Talas"}}
	if got := kept(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("kept %v, want %v", got, want)
	}
	out := s.say("/feeds export")
	if out.FileName != "habar-feeds.opml" {
		t.Fatalf("/feeds export sends %+v", out)
	}
	exported := s.download(out)
	feeds, bad, err := news.ParseOPML(exported)
	if err != nil || len(bad) > 0 || len(feeds) != 2 || feeds[0] != (news.Feed{URL: want[0].URL, Name: want[0].Name}) {
		t.Errorf("sent %s, which is read as %v, %v, %v", exported, feeds, bad, err)
	}
	if got := s.send("habar-feeds.opml", "/feeds", exported); !strings.Contains(got.HTML, "Already here: Naryn &amp; Co, Talas.") || len(kept()) != 2 {
		t.Errorf("the same list again: %s", got.HTML)
	}
	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, `<outline xmlUrl="https://%d.example/rss"/>`, i)
	}
	if got := s.send("many.xml", "", []byte("<opml><body>"+many.String()+"</body></opml>")); !strings.Contains(got.HTML, "added: 18.") || !strings.Contains(got.HTML, "No room for: 18.example, 19.example, 20.example, 21.example, 22.example +7.") {
		t.Errorf("a list of more than a chat may have: %s", got.HTML)
	}
	for name, data := range map[string][]byte{
		"cat.jpg": {0xff, 0xd8, 0xff, 0xe0}, "page.html": []byte("<html><body>hello</body></html>"), "cut.opml": []byte("<opml><body><outline"), "empty.opml": []byte(" "),
		"deep.opml": []byte("<opml>" + strings.Repeat("<outline>", 20_000)),
	} {
		if got := s.send(name, "", data); !strings.Contains(got.HTML, "I read one kind of file") {
			t.Errorf("%s: %s", name, got.HTML)
		}
	}
	if got := s.send("large.opml", "", bytes.Repeat([]byte(" "), maxDocument+1)); !strings.Contains(got.HTML, "too large") {
		t.Errorf("a file that is too large: %s", got.HTML)
	}
}

// TestFilesOfAGroupAreNotForHabar: what people send to each other is not answered.
func TestFilesOfAGroupAreNotForHabar(t *testing.T) {
	b, _ := newBotOf(t, fetch.New())
	s := sit(t, b, "group-1001")
	s.post("/playground/upload", map[string]any{"user": s.user, "name": "list.opml", "text": "look", "data": []byte("<opml/>")})
	s.told = 1
	if got := s.send("list.opml", "/feeds", []byte(`<opml><body><outline xmlUrl="https://naryn.example/rss" text="Naryn"/></body></opml>`)); !strings.Contains(got.HTML, "added: 1.") {
		t.Errorf("a list that is sent to /feeds: %s", got.HTML)
	}
}

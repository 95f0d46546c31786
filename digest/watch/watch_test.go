package watch_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/reader"
	"habar/digest/watch"
)

var now = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func waiting(t *testing.T, r reader.Reader, id int64, words string) watch.Watch {
	t.Helper()
	w, err := watch.New(r, 3, words)
	if err != nil {
		t.Fatal(err)
	}
	w.ID = id
	return w
}

func TestWordsInAnyForm(t *testing.T) {
	r := reader.New(7, "ru")
	for _, c := range []struct {
		words, title, text string
		want               bool
	}{
		{"Рогунская ГЭС", "Второй агрегат Рогунской ГЭС запущен", "", true},
		{"рогунская гэс", "Энергетика Таджикистана", "Строители Рогунской ГЭС получили премию.", true},
		{"Рогунская ГЭС", "Нурекская ГЭС остановлена на ремонт", "", false},
		{"Rogun dam", "Dams of Tajikistan: Rogun grows", "", true},
		{"Rogun dam", "Rogun gets a school", "", false},
		{"метро Алматы", "В алматинском метро открыли станцию", "В Алматы метро ждали долго.", true},
	} {
		owed, err := watch.Owed([]watch.Watch{waiting(t, r, 1, c.words)}, []news.Story{{URL: "u", Title: c.title, Text: c.text}}, now)
		if err != nil || (len(owed) == 1) != c.want {
			t.Errorf("%q in %q: %d, %v, want %t", c.words, c.title, len(owed), err, c.want)
		}
	}
}

func TestOnceForAnEventAndNotInQuietHours(t *testing.T) {
	r := reader.New(7, "en")
	r.Zone, r.Quiet = time.UTC, reader.Quiet{From: 11 * 60, To: 14 * 60}
	r.News.MutedOutlets = []string{"Hidden"}
	w := waiting(t, r, 5, "ferry")
	owed, err := watch.Owed([]watch.Watch{w}, []news.Story{
		{URL: "a", Event: "a", Title: "A ferry is launched", Publisher: "One", Summary: "It is."},
		{URL: "b", Event: "a", Title: "New ferry launched", Publisher: "Two"},
		{URL: "c", Event: "c", Title: "Ferries stand still", Publisher: "Hidden"},
	}, now)
	if err != nil || len(owed) != 2 || owed[0].Key != owed[1].Key {
		t.Fatalf("%v, %v, want the same occasion for both outlets and nothing of the hidden one", owed, err)
	}
	d := owed[0]
	var hit watch.Hit
	if err := json.Unmarshal(d.Payload, &hit); err != nil || hit.Title != "A ferry is launched" || hit.Words != "ferry" || hit.Watch != 5 {
		t.Errorf("payload %+v, %v", hit, err)
	}
	if d.Kind != delivery.WatchHit || d.Thread != 3 || !d.Due.Equal(now.Add(2*time.Hour)) || d.Kind.Urgent() {
		t.Errorf("%+v, want it when the quiet hours end", d)
	}
}

func TestWordsThatCannotBeWatchedFor(t *testing.T) {
	for _, words := range []string{"", "  ", "!?", "a", "one two three four five six seven", strings.Repeat("x", 100)} {
		if _, err := watch.New(reader.New(1, "en"), 0, words); !errors.Is(err, watch.ErrWords) {
			t.Errorf("%q: %v, want %v", words, err, watch.ErrWords)
		}
	}
}

// TestStoryOfAnotherChatsFeedIsNoHit: what a chat added is told to it alone.
func TestStoryOfAnotherChatsFeedIsNoHit(t *testing.T) {
	owner, other := reader.New(7, "en"), reader.New(8, "en")
	owner.News.Feeds = []reader.Feed{{URL: "https://a.example/feed", Name: "A"}}
	owed, err := watch.Owed([]watch.Watch{waiting(t, owner, 1, "ferry"), waiting(t, other, 2, "ferry")},
		[]news.Story{{URL: "a", Feed: "https://a.example/feed", Title: "A ferry is launched"}}, now)
	if err != nil || len(owed) != 1 || owed[0].Reader.Chat != 7 {
		t.Errorf("%v, %v, want one, of the chat that added the feed", owed, err)
	}
}

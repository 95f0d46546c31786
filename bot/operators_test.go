package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/reader"
)

// operated returns a bot that 1001 runs, and how somebody else's private chat is asked.
func operated(t *testing.T) (b *Bot, ask func(from int64, text string) string) {
	t.Helper()
	b, db := newBot(t)
	b.Operators = []int64{1001}
	return b, func(from int64, text string) string {
		t.Helper()
		r, err := db.Register(t.Context(), reader.New(from, "en"), ten)
		if err != nil {
			t.Fatal(err)
		}
		in := said(text)
		in.chat.ID, in.from.ID = from, from
		m, _ := b.answer(t.Context(), in, r)
		if _, err := b.send(t.Context(), envelope{chat: from}, m); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		return m.HTML
	}
}

// TestOperatorsSeeHowHabarIsDoing: and to anybody else there is no such command.
func TestOperatorsSeeHowHabarIsDoing(t *testing.T) {
	_, ask := operated(t)
	ask(1002, "/subscribe 08:00")
	ask(1002, "/alert USD/KZT > 900")
	for _, want := range []string{"Chats: 2, of them active: 2", "English 2", "Alerts: 1 · digests: 1", "Waiting to be sent: 0"} {
		if got := ask(1001, "/stats"); !strings.Contains(got, want) {
			t.Errorf("/stats has no %q: %s", want, got)
		}
	}
	for text, unknown := range map[string]string{"/stats": "/statt", "/broadcast hello": "/frobnicate hello", "/broadcast send #1": "/frobnicate"} {
		if got, want := ask(1002, text), ask(1002, unknown); got != want {
			t.Errorf("%s, to somebody else: %s, want what %s is told: %s", text, got, unknown, want)
		}
	}
	if got := ask(1002, "/help"); strings.Contains(got, "/stats") || strings.Contains(got, "/broadcast") {
		t.Errorf("/help names what is the operators': %s", got)
	}
}

func TestBroadcastReachesAllChatsOnce(t *testing.T) {
	b, ask := operated(t)
	ask(1002, "/start")
	ask(1003, "/start")
	preview := ask(1001, "/broadcast A new <release>\nis out")
	if !strings.Contains(preview, "Chats that get this: 3") || !strings.Contains(preview, "📢 A new &lt;release&gt;\nis out") {
		t.Fatalf("the preview is %s", preview)
	}
	if claimed, err := b.Store.Claim(t.Context(), ten, 9); err != nil || len(claimed) > 0 {
		t.Fatalf("before it is confirmed %d are owed, %v", len(claimed), err)
	}
	if typed := ask(1001, "/broadcast send #1"); !strings.Contains(typed, "left: 3") {
		t.Errorf("typed and not pressed it is sent: %s", typed)
	}
	m := press(t, b, "broadcast send #1")
	if !strings.Contains(m.HTML, "left: 3") {
		t.Errorf("confirmed it says %s", m.HTML)
	}
	press(t, b, "broadcast send #1") // twice
	claimed, err := b.Store.Claim(t.Context(), ten, 2)
	if err != nil || len(claimed) != 2 {
		t.Fatalf("%d are owed, %v", len(claimed), err)
	}
	told, err := b.render(t.Context(), claimed[0])
	if err != nil || told.HTML != "📢 A new &lt;release&gt;\nis out" {
		t.Errorf("a chat is told %q, %v", told.HTML, err)
	}
	for _, d := range claimed {
		if err := b.Store.Settle(t.Context(), ten, delivery.Outcome{ID: d.ID, State: delivery.Sent}); err != nil {
			t.Fatal(err)
		}
	}
	if m := press(t, b, "broadcast cancel #1"); !strings.Contains(m.HTML, "Cancelled") || !strings.Contains(m.HTML, "Sent: 2 · failed: 1") {
		t.Errorf("ended it says %s", m.HTML)
	}
	if claimed, err := b.Store.Claim(t.Context(), ten.Add(time.Hour), 9); err != nil || len(claimed) > 0 {
		t.Errorf("after it was ended %d are owed, %v", len(claimed), err)
	}
}

func TestExportHasAllAndForgetLeavesNothing(t *testing.T) {
	b, ask := operated(t)
	ask(1002, "/subscribe 08:00")
	ask(1002, "/alert USD/KZT > 900")
	ask(1002, "/watch Rogun dam")
	ask(1001, "/alert USD/KZT > 901")
	r, _, err := b.Store.Reader(t.Context(), 1002)
	if err != nil {
		t.Fatal(err)
	}
	r.News.Feeds = []reader.Feed{{URL: "https://naryn.example/rss", Name: "Naryn"}}
	if err := b.Store.SaveReader(t.Context(), r, ten); err != nil {
		t.Fatal(err)
	}
	m, err := exportCommand{b.Store}.handle(t.Context(), Request{Reader: r, Now: ten})
	if err != nil {
		t.Fatal(err)
	}
	var all map[string][]map[string]any
	if err := json.Unmarshal(m.File.Data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all["alerts"]) != 1 || all["alerts"][0]["amount"] != "900" || len(all["digests"]) != 1 || len(all["watches"]) != 1 || len(all["chat"]) != 1 || !strings.Contains(string(m.File.Data), "naryn.example") {
		t.Errorf("exported %s", m.File.Data)
	}
	if got := ask(1002, "/forget"); !strings.Contains(got, "cannot be undone") {
		t.Errorf("/forget says %s", got)
	}
	for _, want := range []string{"settings, alerts: 1, digests: 1, words waited for: 1, feeds: 1."} {
		if got := ask(1002, "/forget yes"); !strings.Contains(got, want) {
			t.Errorf("forgotten it says %s, want %s", got, want)
		}
	}
	if all, err := b.Store.Export(t.Context(), 1002); err != nil || len(all) > 0 {
		t.Errorf("left is %v, %v", all, err)
	}
	if all, err := b.Store.Export(t.Context(), 1001); err != nil || len(all["alerts"]) != 1 {
		t.Errorf("another chat's is %v, %v", all, err)
	}
}

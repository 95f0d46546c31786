package main

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// The whole way on the banks' real answers: HTTP, acceptance, SQLite, the Telegram
// client, the chat page.
func TestConversation(t *testing.T) {
	h := serve(t, bankServer(t).env())
	h.until("1002", "/rates", "НБ Казахстана")

	tests := []struct {
		user, said string
		want       []string
	}{
		{"1001", "/start", []string{"habar", "Where do you live?"}},
		{"1001", "/rates", []string{
			"1 USD =", "478.77 ₸", "NBK, CBU, 1 Apr 2026", "12,194.21 UZS", "87.45 KGS", "NBKR, 24 May 2026",
			"9.35 TJS", "NBT, 18 May 2026", "3.50 TMT", "fixed by the state",
		}},
		{"1001", "/rates kzt", []string{"1 USD = 478.77 KZT", "1,000 KZT = 2.0887 USD", "NBK, 1 Apr 2026"}},
		{"1002", "/rates kzt", []string{"1 USD = 478,77 KZT", "НБ Казахстана", "1 апр 2026"}},
		{"1001", "100 usd in kzt", []string{"47,877 KZT", "NBK, 1 Apr 2026"}},
		{"1001", "/convert 1000 сом в тенге", []string{"1,000 KGS =", "KZT"}},
		{"1001", "/news", []string{"Headlines", "The Times of Central Asia", "Built-in"}},
		{"1001", "/trade", []string{"Which country?"}},
		{"1001", "/trade tj", []string{"Tajikistan", "$6.73 bn", "China", "25.0%"}},
		{"1001", "/digest", []string{"Digest", "478.77", "Headlines", "Trade fact"}},
		{"1001", "/alert USD/KZT > 550", []string{"USD/KZT > 550", "Now 478.77 KZT"}},
		{"1001", "/subscribe 08:00", []string{"08:00", "every day", "Almaty (UTC+5)"}},
		{"1001", "/sources", []string{"National Bank of Kazakhstan", "Held back", "USD/TMT 3.4295", "from the peg 3.5"}},
		{"1001", "/alert USD/KZT", []string{"Now 478.77 KZT", "When shall I message you?"}},
		{"1001", "/alert > 550", []string{"needs a pair and what to watch", "/alert USD/KZT > 550"}},
		{"1003", "📍 41.31, 69.28", []string{"Toshkent (UTC+5)"}},
		{"1001", "hm", []string{"I didn't get that"}},
		{"group-1001", "/subscribe@habar_playground_bot 08:00", []string{"08:00"}},
		{"group-1002", "/subscribe 09:00", []string{"Only group admins"}},
	}
	for _, tt := range tests {
		got := h.ask(tt.user, tt.said).text()
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s answered:\n%s\nwant it to say %q", tt.said, got, want)
			}
		}
	}
	h.press("1001", h.ask("1001", "/rates"), "EUR")
	eventually(t, "the board in euro", func() bool {
		all := h.chat("1001")
		return strings.Contains(all[len(all)-1].text(), "548.62 ₸")
	})
	for query, want := range map[string]string{"100 usd kzt": "100 USD = 47,877 KZT", "": "1 USD = 478.77 KZT", "hello": "[]", "100 xyz usd": "[]"} {
		offers := strings.ReplaceAll(string(h.post("/playground/inline", map[string]string{"user": "1001", "query": query})), "\u00a0", " ")
		if !strings.Contains(strings.ReplaceAll(offers, "\u00a0", " "), want) {
			t.Errorf("inline %q offers %s, want %q in it", query, offers, want)
		}
	}
	if code := h.stop(); code != exitDone {
		t.Errorf("ended with status %d: %s", code, h.log)
	}
}

func TestAlertFiresOnceAndAnAnomalyNever(t *testing.T) {
	banks := bankServer(t)
	banks.set("478.77", "3.50")
	h := serve(t, banks.env())
	h.until("1001", "/rates", "NBK")
	h.ask("1001", "/alert USD/KZT > 480")
	h.ask("1001", "/alert USD/TMT < 3.45")

	banks.set("481.20", "3.42947277")

	fired := func() (all []string) {
		for _, b := range h.chat("1001") {
			if strings.Contains(b.text(), "You asked") {
				all = append(all, b.text())
			}
		}
		return all
	}
	eventually(t, "the alert", func() bool { return len(fired()) > 0 })
	banks.set("482.00", "3.42947277") // beyond the level still: nothing new
	h.until("1001", "/rates kzt", "482")
	h.until("1001", "/sources", "from the peg")

	got := fired()
	if len(got) != 1 {
		t.Fatalf("fired %d times: %q, want once", len(got), got)
	}
	for _, want := range []string{"USD/KZT is above 480", "481.20 KZT", "from 478.77", "National Bank of Kazakhstan", "You asked: USD/KZT > 480, once"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("the alert says %q, want %q in it", got[0], want)
		}
	}
	if s := h.ask("1001", "/alerts").text(); !strings.Contains(s, "done") || !strings.Contains(s, "armed") {
		t.Errorf("alerts: %s, want the first done and the second armed", s)
	}
}

func TestWithNoNetworkItAnswersFromBuiltInFigures(t *testing.T) {
	nobody := closedPort(t)
	env := (&bankStand{Server: &httptest.Server{URL: "http://" + nobody}}).env()
	env["HABAR_FEEDS"] = "http://" + nobody + "/feed"
	begun := time.Now()
	h := serve(t, env)
	got := h.ask("1001", "/rates").text()
	limit := 3 * time.Second
	if testing.Short() { // with the race detector and other packages beside it everything takes longer
		limit = 10 * time.Second
	}
	if took := time.Since(begun); took > limit {
		t.Errorf("answered after %s, want within %s", took, limit)
	}
	for _, want := range []string{"505.99 ₸", "built-in, 8 Dec 2025", "days old"} {
		if !strings.Contains(got, want) {
			t.Errorf("/rates answered:\n%s\nwant it to say %q", got, want)
		}
	}
}

// Browsers open connections in store: one that says nothing must not keep habar from
// ending well.
func TestOpenConnectionDoesNotFailTheEnd(t *testing.T) {
	h := serve(t, map[string]string{"HABAR_SOURCES": "none"})
	silent, err := net.Dial("tcp", strings.TrimPrefix(h.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if code := h.stop(); code != exitDone {
		t.Errorf("ended with status %d: %s", code, h.log)
	}
}

func TestWhatWasSetOutlivesTheProgram(t *testing.T) {
	env := map[string]string{"HABAR_SOURCES": "none"}
	h := serve(t, env)
	h.ask("1001", "/alert USD/KZT > 600")
	h.ask("1001", "/subscribe 07:30 Asia/Bishkek")
	if code := h.stop(); code != exitDone {
		t.Fatalf("ended with status %d", code)
	}
	env["HABAR_DB"] = os.Getenv("HABAR_DB")
	h = serve(t, env)
	if got := h.ask("1001", "/alerts").text(); !strings.Contains(got, "USD/KZT > 600") {
		t.Errorf("alerts after a restart: %s", got)
	}
	if got := h.ask("1001", "/subscribe").text(); !strings.Contains(got, "07:30") || !strings.Contains(got, "Bishkek") {
		t.Errorf("digests after a restart: %s", got)
	}
}

// One person who sends a hundred and fifty commands at once is told that it is too fast, and
// the others do not notice.
func TestFloodOfOnePersonDelaysNobody(t *testing.T) {
	h := serve(t, map[string]string{"HABAR_SOURCES": "none"})
	h.ask("1002", "/rates") // is met
	for range 150 {
		h.post("/playground/say", map[string]string{"user": "1001", "text": "/rates"})
	}
	begun := time.Now()
	h.ask("1002", "/rates EUR/KZT")
	if took := time.Since(begun); took > time.Second {
		t.Errorf("another person's answer took %s", took)
	}
	var told, answered int
	eventually(t, "the flood to be over", func() bool {
		told, answered = 0, 0
		for _, m := range h.chat("1001") {
			switch {
			case m.From != "bot":
			case strings.Contains(m.text(), "too fast"):
				told++
			default:
				answered++
			}
		}
		return told > 0 && answered >= 20
	})
	if told != 1 || answered > 40 {
		t.Errorf("told %d times, answered %d times, want once, and no more than one may ask", told, answered)
	}
}

// What one person may ask is the operator's to say.
func TestOperatorSaysWhatOneMayAsk(t *testing.T) {
	h := serve(t, map[string]string{"HABAR_SOURCES": "none", "HABAR_ASK_BURST": "2", "HABAR_ASK_RATE": "0.01"})
	h.ask("1001", "/rates")
	h.ask("1001", "/rates")
	if got := h.ask("1001", "/rates").text(); !strings.Contains(got, "too fast") {
		t.Errorf("the third of two questions was answered: %s", got)
	}
}

// closedPort returns an address on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Each fault gets one line that says what is wrong and what to do.
func TestServeSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
	}))
	defer refusing.Close()
	busy := serve(t, map[string]string{"HABAR_SOURCES": "none"})
	busyDB := os.Getenv("HABAR_DB")
	dir := t.TempDir()
	newer, noise := filepath.Join(dir, "newer.db"), filepath.Join(dir, "noise.db")
	db, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE t (x); PRAGMA user_version = 9999`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := os.WriteFile(noise, []byte(strings.Repeat("this is no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := func() string { return filepath.Join(t.TempDir(), "habar.db") }
	const secret = "123456:VERYsecretTOKENvery"

	tests := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"a flag that does not exist", []string{"serve", "--frobnicate"}, exitUsage, []string{"--frobnicate", "habar --help"}},
		{"a command without what it needs", []string{"page"}, exitUsage, []string{"<file>"}},
		{"a page that cannot be read", []string{"page", filepath.Join(dir, "absent.txt")}, exitFailed, []string{"absent.txt", "no such file"}},
		{"a pace that Telegram takes only when it is paid", []string{"--db", fresh(), "serve", "--send-rate", "31"}, exitFailed, []string{"HABAR_SEND_RATE is 31", "30 messages a second", "HABAR_PAID_BROADCAST"}},
		{"more feeds for a chat than a message lists", []string{"--db", fresh(), "serve", "--max-feeds", "41"}, exitFailed, []string{"HABAR_MAX_FEEDS", "40"}},
		{"no feeds for a chat", []string{"--db", fresh(), "serve", "--max-feeds", "0"}, exitFailed, []string{"HABAR_MAX_FEEDS"}},
		{"nobody may ask anything", []string{"--db", fresh(), "serve", "--ask-burst", "0"}, exitFailed, []string{"HABAR_ASK_BURST"}},
		{"no alerts for a chat", []string{"--db", fresh(), "serve", "--max-alerts", "0"}, exitFailed, []string{"HABAR_MAX_ALERTS"}},
		{"a pace that Telegram does not take at all", []string{"--db", fresh(), "serve", "--send-rate", "1001", "--paid-broadcast"}, exitFailed, []string{"HABAR_SEND_RATE", "1000"}},
		{"a command that does not exist", []string{"frobnicate"}, exitUsage, []string{"frobnicate"}},
		{"a database from a newer version", []string{"--db", newer, "serve"}, exitFailed, []string{"newer habar", "HABAR_DB", "nothing was changed"}},
		{"a file that is no database", []string{"--db", noise, "serve"}, exitFailed, []string{"not a habar database", "HABAR_DB"}},
		{"a folder that does not exist", []string{"--db", filepath.Join(dir, "absent", "habar.db"), "serve"}, exitFailed, []string{"does not exist"}},
		{"a second process on one database", []string{"--db", busyDB, "serve"}, exitFailed, []string{"in use by another habar", "HABAR_DB"}},
		{"a port in use", []string{"--db", fresh(), "serve", "--listen", taken.Addr().String()}, exitFailed, []string{"in use by another program", "HABAR_LISTEN"}},
		{"a playground for the whole world", []string{"--db", fresh(), "serve", "--listen", "0.0.0.0:0"}, exitFailed, []string{"this machine only", "HABAR_TELEGRAM_TOKEN"}},
		{"a webhook without https", []string{"--db", fresh(), "serve", "--token", "1:x", "--webhook-url", "http://habar.example/hook"}, exitFailed, []string{"HABAR_WEBHOOK_URL", "https"}},
		{"a token that Telegram refuses", []string{"--db", fresh(), "serve", "--token", secret, "--api", refusing.URL}, exitFailed, []string{"refuses the bot token", "@BotFather"}},
		{"a token with a stray character", []string{"--db", fresh(), "serve", "--token", secret + "%zz"}, exitFailed, []string{"characters that no token has"}},
		{"a token file that is missing", []string{"--db", fresh(), "serve", "--token-file", filepath.Join(dir, "absent")}, exitFailed, []string{"HABAR_TELEGRAM_TOKEN_FILE"}},
		{"a source that does not exist", []string{"--db", fresh(), "serve", "--sources", "nbk,bank"}, exitFailed, []string{"HABAR_SOURCES", `"bank"`, "nbkr"}},
		{"a schedule that is none", []string{"--db", fresh(), "serve", "--rates-every", "often"}, exitFailed, []string{"HABAR_RATES_EVERY", "often"}},
		{"a feed that is no URL", []string{"--db", fresh(), "serve", "--feeds", "ftp://x.example"}, exitFailed, []string{"HABAR_FEEDS", "not a URL"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var out, stderr lockedBuffer
			code := run(ctx, append([]string{"--log-level", "error"}, tt.args...), strings.NewReader(""), &out, &stderr)
			said := stderr.String()
			if code != tt.code {
				t.Errorf("status %d, want %d: %s", code, tt.code, said)
			}
			for _, want := range tt.want {
				if !strings.Contains(said, want) {
					t.Errorf("said %q, want %q in it", said, want)
				}
			}
			if tt.code == exitFailed && strings.Count(said, "\n") != 1 {
				t.Errorf("said %q, want one line", said)
			}
			if strings.Contains(said, secret) {
				t.Errorf("the token stands in %q", said)
			}
		})
	}
	if got := busy.ask("1001", "/rates").text(); !strings.Contains(got, "505.99") {
		t.Errorf("the first process answers %q after a second was refused", got)
	}
}

// With Telegram out of reach habar stays, says so without the token, and goes on
// when it comes back.
func TestUnreachableAPIIsTriedAgain(t *testing.T) {
	const token = "123456:VERYsecretTOKENvery"
	api := closedPort(t)
	t.Setenv("HABAR_DB", filepath.Join(t.TempDir(), "habar.db"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, log lockedBuffer
	exited := make(chan int, 1)
	go func() {
		exited <- run(ctx, []string{"serve", "--token", token, "--api", "http://" + api, "--listen", "127.0.0.1:0", "--sources", "none", "--feeds", "none"}, strings.NewReader(""), &out, &log)
	}()
	eventually(t, "the complaint", func() bool { return strings.Contains(log.String(), "out of reach") })

	l, err := net.Listen("tcp", api)
	if err != nil {
		t.Skipf("the port was taken meanwhile: %v", err)
	}
	met := make(chan struct{}, 100)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if strings.HasSuffix(r.URL.Path, "/getUpdates") {
			met <- struct{}{}
			<-r.Context().Done()
			return
		}
		if strings.HasSuffix(r.URL.Path, "/getMe") {
			io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"h","username":"h_bot"}}`)
			return
		}
		io.WriteString(w, `{"ok":true,"result":true}`)
	})}
	go server.Serve(l)
	defer server.Close()
	select {
	case <-met:
	case <-time.After(patience):
		t.Error("it did not come back when Telegram did")
	}
	cancel()
	if code := <-exited; code != exitDone {
		t.Errorf("ended with status %d: %s", code, &log)
	}
	if strings.Contains(log.String(), token) || !strings.Contains(log.String(), "nothing is lost") {
		t.Errorf("log: %s, want the complaint and no token", &log)
	}
}

// By webhook: Telegram is told the address and a secret, what it sends is answered, and
// what it sends again is not.
func TestWebhookIsAnsweredOnce(t *testing.T) {
	office := &postOffice{got: map[int64]int{}}
	api := httptest.NewServer(office)
	defer api.Close()
	listen := closedPort(t)
	t.Setenv("HABAR_DB", filepath.Join(t.TempDir(), "habar.db"))
	ctx, cancel := context.WithCancel(t.Context())
	var out, log lockedBuffer
	exited := make(chan int, 1)
	go func() {
		exited <- run(ctx, []string{
			"serve", "--token", "1:x", "--api", api.URL, "--listen", listen, "--webhook-url", "http://" + listen + "/hook", "--webhook-secret", "s3cret",
			"--sources", "none", "--feeds", "none",
		}, strings.NewReader(""), &out, &log)
	}()
	eventually(t, "habar to meet Telegram", func() bool { return strings.Contains(log.String(), "connected to Telegram") })
	post := func(secret string) int {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listen+"/hook", strings.NewReader(
			`{"update_id":5,"message":{"message_id":1,"date":0,"chat":{"id":77,"type":"private"},"from":{"id":77,"first_name":"A","language_code":"en"},"text":"100 usd in kzt"}}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	for secret, want := range map[string]int{"wrong": http.StatusUnauthorized, "s3cret": http.StatusOK} {
		for range 2 {
			if got := post(secret); got != want {
				t.Errorf("secret %q: %d, want %d", secret, got, want)
			}
		}
	}
	eventually(t, "the answer", func() bool {
		office.mu.Lock()
		defer office.mu.Unlock()
		return office.got[77] > 0
	})
	cancel()
	if code := <-exited; code != exitDone {
		t.Errorf("ended with status %d: %s", code, &log)
	}
	if n := office.got[77]; n != 1 {
		t.Errorf("answered %d times, want once", n)
	}
	if strings.Contains(log.String(), "s3cret") {
		t.Errorf("the secret stands in the log:\n%s", &log)
	}
}

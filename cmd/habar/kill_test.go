package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/bot/outbox"
	"habar/digest/reader"
	"habar/store"
)

// A postOffice is a Bot API that counts what arrives at each chat, and answers badly
// now and then.
type postOffice struct {
	mu    sync.Mutex
	got   map[int64]int
	total int
	slow  func(chat int64) time.Duration
	bad   func(chat int64, n int) (status int, body string, ok bool) // for the n-th message; ok: it is one of those
}

func (p *postOffice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/getMe"):
		io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"h","username":"h_bot"}}`)
	case strings.HasSuffix(r.URL.Path, "/getUpdates"):
		io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-time.After(20 * time.Second):
		}
	case strings.HasSuffix(r.URL.Path, "/sendMessage"):
		p.deliver(w, r)
	default:
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

func (p *postOffice) deliver(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return
	}
	chat, err := strconv.ParseInt(r.FormValue("chat_id"), 10, 64)
	if err != nil {
		http.Error(w, "no chat", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.total++
	n := p.total
	p.mu.Unlock()
	if p.bad != nil {
		if status, body, ok := p.bad(chat, n); ok {
			if status == 0 { // the connection drops
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
			io.WriteString(w, body)
			return
		}
	}
	p.mu.Lock()
	p.got[chat]++
	p.mu.Unlock()
	if p.slow != nil {
		time.Sleep(p.slow(chat)) // it is taken, and the answer is late
	}
	fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":0,"chat":{"id":%d,"type":"private"}}}`, n, chat)
}

func (p *postOffice) reached() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.got)
}

// unreached tells what the database says of the deliveries to chats that got nothing.
func (p *postOffice) unreached(t *testing.T, path string, chats int) (said string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for chat := range int64(chats) {
		if p.got[chat+1] > 0 {
			continue
		}
		var state, reason string
		var attempts, begun, recovered, due int64
		row := db.QueryRowContext(t.Context(), `SELECT state, reason, attempts, begun, recovered, due - unixepoch() FROM deliveries WHERE chat = ?`, chat+1)
		if err := row.Scan(&state, &reason, &attempts, &begun, &recovered, &due); err != nil {
			t.Fatal(err)
		}
		said += fmt.Sprintf("\nchat %d: %s %q, %d attempts, begun %d, recovered %d, due in %d s", chat+1, state, reason, attempts, begun, recovered, due)
	}
	return said
}

// owed prepares a database in which each of n chats is owed a digest now.
func owed(t *testing.T, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "habar.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Now().UTC().Truncate(time.Minute)
	for chat := range int64(n) {
		r := reader.New(chat+1, "en")
		if _, err := db.Register(t.Context(), r, at); err != nil {
			t.Fatal(err)
		}
		if err := db.Subscribe(t.Context(), chat+1, at.Add(-time.Minute), reader.Schedule{Zone: time.UTC, Minute: at.Hour()*60 + at.Minute(), Days: reader.EveryDay}); err != nil {
			t.Fatal(err)
		}
	}
	if queued, _, err := db.QueueDigests(t.Context(), at); err != nil || queued != int64(n) {
		t.Fatalf("%d digests queued, %v, want %d", queued, err, n)
	}
	return path
}

// process starts this test binary as the real program.
func process(ctx context.Context, t *testing.T, db, api string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, os.Args[0], "serve", "--token", "1:x", "--api", api, "--listen", "127.0.0.1:0", "--sources", "none", "--feeds", "none", "--send-rate", "1000", "--paid-broadcast")
	cmd.Env = append(os.Environ(), "HABAR_DB="+db, "HABAR_LOG_LEVEL=error", asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// The real process is killed at random moments of a delivery to thousands of chats, while
// Telegram fails now and then and is slow with one chat in twenty. Every chat gets its
// digest, none more than twice, and no more of them twice than were being sent or waited to
// be settled when the process was killed.
func TestKilledAtAnyMomentItLosesNothing(t *testing.T) {
	chats, kills := 5000, 20
	if testing.Short() {
		chats, kills = 500, 4
	}
	office := &postOffice{got: map[int64]int{}, bad: func(_ int64, n int) (int, string, bool) {
		switch n % 397 {
		case 13:
			return http.StatusInternalServerError, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`, true
		case 29:
			return http.StatusBadGateway, "<html>502 Bad Gateway</html>", true
		case 41:
			return 0, "", true
		case 67:
			return http.StatusOK, "garbage", true
		}
		return 0, "", false
	}}
	office.slow = func(chat int64) time.Duration {
		if chat%20 == 0 {
			return 400 * time.Millisecond
		}
		return 0
	}
	server := httptest.NewServer(office)
	defer server.Close()
	db := owed(t, chats)
	killed := 0
	for office.reached() < chats {
		cmd := process(t.Context(), t, db, server.URL)
		if killed < kills {
			time.Sleep(time.Duration(150+rand.IntN(200)) * time.Millisecond)
			killed++
		} else {
			for range 9 { // a failure is tried again after growing waits
				if waitFor(func() bool { return office.reached() == chats }) {
					break
				}
			}
			if n := office.reached(); n < chats {
				t.Fatalf("%d of %d chats reached; of the others the store says: %s", n, chats, office.unreached(t, db, chats))
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}

	twice, most := 0, 0
	for chat := range int64(chats) {
		office.mu.Lock()
		n := office.got[chat+1]
		office.mu.Unlock()
		if n == 0 {
			t.Errorf("chat %d got nothing", chat+1)
		}
		twice, most = twice+max(n-1, 0), max(most, n)
	}
	bound := (killed + 1) * (outbox.Senders + outbox.SettleBatch)
	if twice > bound {
		t.Errorf("%d digests arrived twice in %d kills, want at most %d", twice, killed, bound)
	}
	if most > 2 {
		t.Errorf("one chat got its digest %d times", most)
	}
	t.Logf("%d chats, %d kills: %d arrived twice, the bound is %d; no chat got more than %d", chats, killed, twice, bound, most)
}

// Every way in which Telegram refuses or fails: each chat gets what it can get, once,
// and what is given up says why.
func TestEachFaultOfTelegramIsDealtWith(t *testing.T) {
	const (
		fine, blocked, deactivated, unknown, migrated, slow, broken, dropped, page, garbage, refused = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

		moved = -1005
	)
	tries := map[int64]int{}
	var mu sync.Mutex
	office := &postOffice{got: map[int64]int{}, bad: func(chat int64, _ int) (int, string, bool) {
		mu.Lock()
		defer mu.Unlock()
		tries[chat]++
		first := tries[chat] == 1
		switch chat {
		case blocked:
			return http.StatusForbidden, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, true
		case deactivated:
			return http.StatusForbidden, `{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}`, true
		case unknown:
			return http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, true
		case migrated:
			return http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1005}}`, true
		case slow:
			return http.StatusTooManyRequests, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`, first
		case broken:
			return http.StatusInternalServerError, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`, first
		case dropped:
			return 0, "", first
		case page:
			return http.StatusBadGateway, "<html>502</html>", first
		case garbage:
			return http.StatusOK, "garbage", first
		case refused:
			return http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: TOPIC_CLOSED"}`, true
		}
		return 0, "", false
	}}
	api := httptest.NewServer(office)
	defer api.Close()
	t.Setenv("HABAR_DB", owed(t, refused))
	ctx, cancel := context.WithCancel(t.Context())
	var out, log lockedBuffer
	exited := make(chan int, 1)
	go func() {
		exited <- run(ctx, []string{"serve", "--token", "1:x", "--api", api.URL, "--listen", "127.0.0.1:0", "--sources", "none", "--feeds", "none"}, strings.NewReader(""), &out, &log)
	}()
	eventually(t, "all that can get its digest to get it", func() bool { return office.reached() == 7 })
	time.Sleep(time.Second) // for one more that should not come
	cancel()
	if code := <-exited; code != exitDone {
		t.Errorf("ended with status %d: %s", code, &log)
	}

	for _, chat := range []int64{fine, moved, slow, broken, dropped, page, garbage} {
		if n := office.got[chat]; n != 1 {
			t.Errorf("chat %d got %d digests, want one", chat, n)
		}
	}
	for _, chat := range []int64{blocked, deactivated, unknown, refused} {
		if n := tries[chat]; n != 1 {
			t.Errorf("chat %d was tried %d times, want once", chat, n)
		}
	}
	db, err := store.Open(t.Context(), os.Getenv("HABAR_DB"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for chat, want := range map[int64]bool{fine: true, blocked: false, deactivated: false, unknown: false, moved: true, refused: true} {
		if r, ok, err := db.Reader(t.Context(), chat); err != nil || !ok || r.Active != want {
			t.Errorf("chat %d: known %t, active %t, %v, want active %t", chat, ok, r.Active, err, want)
		}
	}
	if _, ok, _ := db.Reader(t.Context(), migrated); ok {
		t.Error("the old id of the migrated group is still there")
	}
}

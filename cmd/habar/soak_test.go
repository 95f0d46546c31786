package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	soakFor  = flag.Duration("soak", 0, "how long TestSoak keeps the real binary under load; 0 skips it")
	soakRate = flag.Int("soak-rate", 1000, "commands a second in TestSoak")
)

// soakCommands are what the town asks, in turns.
var soakCommands = []string{
	"/rates", "100 usd in kzt", "/news", "/alert USD/KZT > 9999", "/rates EUR/KZT", "/trade tj", "/alerts", "курс доллара",
	"/chart USD/KZT 30d", "/subscribe 08:00", "/sources", "/settings", "/history USD/KZT 2026-04-01", "/digest", "250 сом в рублях", "/unsubscribe",
}

// A town is a Bot API whose people ask at a pace, and which fails now and then.
type town struct {
	chats int

	mu       sync.Mutex
	pending  []json.RawMessage
	next     int64
	waiting  map[int64]int // questions by chat that were not answered yet
	sends    int64
	faults   int64
	answered int64
}

func (s *town) say(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.next++
		chat := s.next%int64(s.chats) + 1
		s.waiting[chat]++
		text := soakCommands[rand.IntN(len(soakCommands))]
		s.pending = append(s.pending, json.RawMessage(fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"first_name":"x","language_code":%q},"text":%q}}`,
			s.next, s.next, time.Now().Unix(), chat, chat, []string{"en", "ru", "kk", "ky", "uz", "tg", "tk"}[chat%7], text)))
	}
}

// take is some of what waits for the bot, once there is something. As at Telegram, what is not
// confirmed by the offset of a later question is given again.
func (s *town) take(ctx context.Context, offset int64) []json.RawMessage {
	for range 2000 {
		s.mu.Lock()
		first := s.next - int64(len(s.pending)) + 1
		s.pending = s.pending[min(max(offset-first, 0), int64(len(s.pending))):]
		batch := slices.Clone(s.pending[:min(len(s.pending), 100)])
		s.mu.Unlock()
		if len(batch) > 0 || ctx.Err() != nil {
			return batch
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

func (s *town) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch {
	case method == "getMe":
		io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"h","username":"h_bot"}}`)
	case method == "getUpdates":
		var ask struct {
			Offset int64 `json:"offset"`
		}
		_ = json.NewDecoder(r.Body).Decode(&ask)
		batch := s.take(r.Context(), ask.Offset)
		if batch == nil {
			batch = []json.RawMessage{}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": batch})
	case strings.HasPrefix(method, "send"):
		s.receive(w, r)
	default:
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// receive takes a message, or fails in one of the ways in which Telegram does.
func (s *town) receive(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20)
	chat, _ := strconv.ParseInt(r.FormValue("chat_id"), 10, 64)
	s.mu.Lock()
	s.sends++
	n := s.sends
	fault := rand.IntN(251) == 0 // at random: what is tried again a second later must not meet the same fault by the clock
	if fault {
		s.faults++
	} else {
		s.answered += int64(min(s.waiting[chat], 1))
		s.waiting[chat] = max(s.waiting[chat]-1, 0)
	}
	s.mu.Unlock()
	if !fault {
		fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":0,"chat":{"id":%d,"type":"private"}}}`, n, chat)
		return
	}
	switch rand.IntN(4) {
	case 0:
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	case 1:
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "<html>502</html>")
	case 2:
		io.WriteString(w, "garbage")
	default:
		panic(http.ErrAbortHandler)
	}
}

// A moment is what a process measured of itself.
type moment struct{ goroutines, files, resident, heap float64 }

// scrape reads a process's own figures.
func scrape(t *testing.T, address string) (m moment) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatalf("the process does not answer: %v", err)
	}
	defer resp.Body.Close()
	into := map[string]*float64{"go_goroutines": &m.goroutines, "process_open_fds": &m.files, "process_resident_memory_bytes": &m.resident, "go_memstats_heap_inuse_bytes": &m.heap}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) == 2 && into[f[0]] != nil {
			*into[f[0]], _ = strconv.ParseFloat(f[1], 64)
		}
	}
	return m
}

// middle is the median of a figure of some moments.
func middle(all []moment, of func(moment) float64) float64 {
	figures := make([]float64, 0, len(all))
	for _, m := range all {
		figures = append(figures, of(m))
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// The real binary under load for as long as is asked (go test ./cmd/habar -run Soak -soak 1h
// -timeout 2h): thousands of chats ask all kinds of things, rates and feeds change, Telegram fails
// now and then. Goroutines, files and memory stay level, and nobody is left without an answer.
func TestSoak(t *testing.T) {
	if *soakFor == 0 {
		t.Skip("-soak 10m (or longer) keeps the real binary under load for as long")
	}
	people := &town{chats: 10_000, waiting: map[int64]int{}, next: time.Now().Unix()}
	first := people.next
	api := httptest.NewServer(people)
	defer api.Close()
	banks, listen := bankServer(t), closedPort(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "serve", "--token", "1:x", "--api", api.URL)
	cmd.Env = append(os.Environ(), asProgram+"=1", "HABAR_DB="+filepath.Join(t.TempDir(), "habar.db"), "HABAR_LISTEN="+listen, "HABAR_LOG_LEVEL=error",
		"HABAR_NEWS_EVERY=@every 10s", "HABAR_WORLDBANK_URL=none")
	for name, value := range banks.env() {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, "HABAR_FEEDS="+banks.URL+"/feed", "HABAR_RATES_EVERY=@every 5s")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	eventually(t, "habar to answer", func() bool {
		people.say(1)
		time.Sleep(200 * time.Millisecond)
		people.mu.Lock()
		defer people.mu.Unlock()
		return people.answered > 0
	})
	moments := people.live(t, listen, banks)
	begun := time.Now()
	left := func() (n int) {
		people.mu.Lock()
		defer people.mu.Unlock()
		for _, w := range people.waiting {
			n += w
		}
		return n
	}
	for left() > 0 && time.Since(begun) < time.Minute {
		time.Sleep(100 * time.Millisecond)
	}
	early, late := moments[len(moments)/4:len(moments)/2], moments[len(moments)*3/4:]
	for _, f := range []struct {
		name  string
		of    func(moment) float64
		grows float64 // by at most
	}{
		{"goroutines", func(m moment) float64 { return m.goroutines }, 1.2},
		{"open files", func(m moment) float64 { return m.files }, 1.2},
		{"resident memory", func(m moment) float64 { return m.resident }, 1.2},
		{"heap in use", func(m moment) float64 { return m.heap }, 1.25},
	} {
		was, is := middle(early, f.of), middle(late, f.of)
		t.Logf("%s: %.0f in the second quarter, %.0f in the last", f.name, was, is)
		if is > was*f.grows+10 {
			t.Errorf("%s grew from %.0f to %.0f", f.name, was, is)
		}
	}
	t.Logf("%d questions, %d messages, %d of them failed at first; %d questions without an answer", people.next-first, people.sends, people.faults, left())
	if n := left(); n > 0 {
		t.Errorf("%d questions were not answered", n)
	}
}

// live lets the town ask for as long as the soak lasts, and looks at the process meanwhile.
func (s *town) live(t *testing.T, listen string, banks *bankStand) (moments []moment) {
	t.Helper()
	const every = 10 * time.Millisecond
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	look := cmp.Or(*soakFor/60, time.Second)
	said, begun, looked, rate := 0, time.Now(), time.Now(), 470.0
	for time.Since(begun) < *soakFor {
		<-ticker.C
		owed := int(float64(*soakRate)*time.Since(begun).Seconds()) - said
		s.say(owed)
		said += owed
		if time.Since(looked) >= look {
			looked = time.Now()
			moments = append(moments, scrape(t, listen))
			rate += rand.Float64() - 0.5
			banks.set(strconv.FormatFloat(rate, 'f', 2, 64), "3.50")
		}
	}
	return moments
}

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"habar/digest/rates/bank"
)

// asProgram makes the test binary be the program: for tests that kill it.
const asProgram = "HABAR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"habar": main})
}

// Each script is one command as an operator runs it: output, errors, exit status.
func TestScripts(t *testing.T) {
	banks := bankServer(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			for name, address := range banks.env() {
				env.Setenv(name, address)
			}
			env.Setenv("BANKS", banks.URL)
			return nil
		},
	})
}

// A habarUnderTest is a program that runs as its user runs it.
type habarUnderTest struct {
	t       *testing.T
	address string // of its page
	log     *lockedBuffer
	stop    func() int // ends it and returns its exit status
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var readyLine = regexp.MustCompile(`open (http://\S+) in a browser`)

// serve starts habar's playground and waits until it is ready.
func serve(t *testing.T, env map[string]string) *habarUnderTest {
	t.Helper()
	t.Setenv("HABAR_DB", filepath.Join(t.TempDir(), "habar.db"))
	t.Setenv("HABAR_LISTEN", "127.0.0.1:0")
	t.Setenv("HABAR_FEEDS", "none")
	t.Setenv("HABAR_WORLDBANK_URL", "none")
	for name, value := range env {
		t.Setenv(name, value)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, log := &lockedBuffer{}, &lockedBuffer{}
	exited := make(chan int, 1)
	go func() { exited <- run(ctx, []string{"serve"}, strings.NewReader(""), out, log) }()
	h := &habarUnderTest{t: t, log: log}
	var once sync.Once
	h.stop = func() (code int) {
		once.Do(func() {
			cancel()
			code = <-exited
		})
		return code
	}
	t.Cleanup(func() { h.stop() })
	eventually(t, "habar to be ready", func() bool {
		select {
		case code := <-exited:
			exited <- code
			t.Fatalf("habar ended with status %d: %s", code, log)
		default:
		}
		if m := readyLine.FindStringSubmatch(out.String()); m != nil {
			h.address = m[1]
		}
		return h.address != ""
	})
	return h
}

const patience = 10 * time.Second

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	if !waitFor(is) {
		t.Fatalf("waited in vain for %s", what)
	}
}

// waitFor waits until something is so, and reports whether it became so in time.
func waitFor(is func() bool) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); ; {
		if is() {
			return true
		}
		select {
		case <-end:
			return false
		case <-tick.C:
		}
	}
}

type bubble struct {
	ID       int
	From     string
	HTML     string
	Keyboard [][]struct {
		Text string
		Data string `json:"callback_data"`
	}
}

var markup = regexp.MustCompile(`<[^>]*>`)

func (b bubble) text() string {
	return strings.ReplaceAll(html.UnescapeString(markup.ReplaceAllString(b.HTML, "")), "\u00a0", " ")
}

func (h *habarUnderTest) chat(user string) []bubble {
	h.t.Helper()
	resp, err := http.Get(h.address + "/playground/chat?user=" + user)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var chat struct{ Messages []bubble }
	if err := json.NewDecoder(resp.Body).Decode(&chat); err != nil {
		h.t.Fatal(err)
	}
	return chat.Messages
}

func (h *habarUnderTest) post(path string, body any) []byte {
	h.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.Post(h.address+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s, %v", path, said, err)
	}
	return said
}

// ask types a text and returns what the bot answers.
func (h *habarUnderTest) ask(user, text string) bubble {
	h.t.Helper()
	h.post("/playground/say", map[string]string{"user": user, "text": text})
	var answer bubble
	eventually(h.t, "an answer to "+text, func() bool {
		all := h.chat(user)
		answer = all[len(all)-1]
		return answer.From == "bot"
	})
	return answer
}

// until asks again and again, no more often than a person may, until the answer says want.
func (h *habarUnderTest) until(user, text, want string) bubble {
	h.t.Helper()
	for range 30 {
		if b := h.ask(user, text); strings.Contains(b.text(), want) {
			return b
		}
		time.Sleep(400 * time.Millisecond)
	}
	h.t.Fatalf("%s never said %q", text, want)
	return bubble{}
}

// press presses the button of a message whose label contains label.
func (h *habarUnderTest) press(user string, b bubble, label string) {
	h.t.Helper()
	for _, row := range b.Keyboard {
		for _, key := range row {
			if strings.Contains(key.Text, label) {
				h.post("/playground/press", map[string]any{"user": user, "message": b.ID, "data": key.Data})
				return
			}
		}
	}
	h.t.Fatalf("no button %q under %q", label, b.text())
}

// A bankStand serves what the banks publish: the real answers that are kept beside
// the parsers, or figures that a test sets, dated today.
type bankStand struct {
	*httptest.Server
	mu    sync.Mutex
	usd   string // KZT, from the National Bank of Kazakhstan; "" serves the real answers
	tmt   string // from the market
	today bool   // the real answers of the banks, as if they were of today
}

func bankServer(t *testing.T) *bankStand {
	t.Helper()
	b := &bankStand{}
	b.Server = httptest.NewServer(http.HandlerFunc(b.answer))
	t.Cleanup(b.Close)
	return b
}

func (b *bankStand) set(usd, tmt string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.usd, b.tmt = usd, tmt
}

// An answer is a real one that is kept beside the parsers.
type answer struct {
	file string // below bank/testdata
	day  string // for which it holds, as its .want says
}

// kept are the real answers by the path at which the stand serves them: one for each
// source that bank.All lists and that is fetched.
var kept = sync.OnceValue(func() map[string]answer {
	all := map[string]answer{}
	for _, s := range bank.All() {
		if s.URL == "" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(answers, s.Name, cmp.Or(s.Table, "latest")+".want"))
		if err != nil {
			continue // TestEverySourceIsListedAndDocumented names it
		}
		var a answer
		for line := range strings.Lines(string(body)) {
			switch f := strings.Fields(line); {
			case len(f) == 2 && f[0] == "file":
				a.file = s.Name + "/" + f[1]
			case len(f) == 4 && f[0] == "quote":
				a.day = f[3]
			}
		}
		all[standPath(s)] = a
	}
	return all
})

const answers = "../../digest/rates/bank/testdata"

func standPath(s bank.Source) string { return "/" + strings.TrimSpace(s.Name+s.Table) }

// ofToday returns an answer as if its publisher had given it today, and false where it
// does not write its day.
func (a answer) ofToday(body []byte, now time.Time) ([]byte, bool) {
	day, err := time.Parse(time.DateOnly, a.day)
	if err != nil {
		return nil, false
	}
	for _, layout := range []string{"02.01.2006", time.DateOnly} {
		if written := []byte(day.Format(layout)); bytes.Contains(body, written) {
			return bytes.ReplaceAll(body, written, []byte(now.Format(layout))), true
		}
	}
	return nil, false
}

// feedOfToday is an outlet's feed with the time of its stories left open.
const feedOfToday = `<rss version="2.0"><channel><title>Steppe</title>
<item><title>Aktau orders two ferries for trade with Azerbaijan</title><link>https://x.example/1</link><pubDate>%[1]s</pubDate>
<description>The port of Aktau in Kazakhstan has ordered two ferries from a yard in Baku. Each will carry 54 wagons across the sea.</description></item>
<item><title>Bishkek opens a school</title><link>https://x.example/2</link><pubDate>%[1]s</pubDate><description>A school for 300 children opened in Bishkek.</description></item>
</channel></rss>`

func (b *bankStand) answer(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now().UTC()
	saved, known := kept()[r.URL.Path]
	switch {
	case r.URL.Path == "/feed":
		fmt.Fprintf(w, feedOfToday, now.Add(-time.Hour).Format(time.RFC1123Z))
	case b.usd != "" && r.URL.Path == "/nbk":
		fmt.Fprintf(w, `<rates><date>%s</date><item><title>USD</title><description>%s</description><quant>1</quant></item></rates>`, now.Format("02.01.2006"), b.usd)
	case b.usd != "" && r.URL.Path == "/market":
		fmt.Fprintf(w, `{"date":%q,"usd":{"tmt":%s}}`, now.Format(time.DateOnly), b.tmt)
	case b.usd != "", !known, b.today && r.URL.Path == "/market": // its figures are of another season
		http.NotFound(w, r)
	default:
		body, err := os.ReadFile(filepath.Join(answers, filepath.FromSlash(saved.file)))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if b.today {
			if body, known = saved.ofToday(body, now); !known {
				http.NotFound(w, r)
				return
			}
		}
		w.Write(body)
	}
}

func (b *bankStand) env() map[string]string {
	env := map[string]string{"HABAR_RATES_EVERY": "@every 1s", "HABAR_BACKFILL": "0"}
	for _, s := range bank.All() {
		if s.URL != "" {
			env[s.Env] = b.URL + standPath(s)
		}
	}
	return env
}

package updates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"go.uber.org/goleak"

	"habar/bot/redact"
	"habar/digest/delivery"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A feed of updates as Telegram keeps it: what is before the asked offset is
// forgotten. It is a RoundTripper, so that tests run on a fake clock.
type telegram struct {
	mu      sync.Mutex
	updates []*models.Update
	asked   []int64 // offsets
	fail    []string
}

func (f *telegram) RoundTrip(r *http.Request) (*http.Response, error) {
	var q struct {
		Offset  int64
		Timeout int
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.asked = append(f.asked, q.Offset)
	if len(f.fail) > 0 {
		body := f.fail[0]
		f.fail = f.fail[1:]
		f.mu.Unlock()
		return answer(body), nil
	}
	for len(f.updates) > 0 && f.updates[0].ID < q.Offset {
		f.updates = f.updates[1:]
	}
	found := append([]*models.Update{}, f.updates[:min(len(f.updates), batch)]...)
	f.mu.Unlock()
	if len(found) == 0 {
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(time.Duration(q.Timeout) * time.Second):
		}
	}
	raw, err := json.Marshal(map[string]any{"ok": true, "result": found})
	return answer(string(raw)), err
}

func answer(body string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Body: io.NopCloser(strings.NewReader(body))}
}

func (f *telegram) say(id, chat int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.updates = append(f.updates, &models.Update{ID: id, Message: &models.Message{Chat: models.Chat{ID: chat}, Text: fmt.Sprint(id)}})
}

// poll polls for a time on the fake clock and returns what the log said.
func poll(t *testing.T, f *telegram, span time.Duration, accept func(context.Context, ...delivery.Update) error) string {
	t.Helper()
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	p := &Poller{URL: "http://telegram.invalid/bot1:secret", Accept: accept, Log: logger, Client: &http.Client{Transport: f}, Redact: redact.New("secret")}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	time.Sleep(span)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return log.String()
}

func TestOnlyWhatIsKeptIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{}
		for id := range int64(250) {
			f.say(id+10, id)
		}
		broken, kept := 2, map[int64]int{}
		log := poll(t, f, 5*time.Second, func(_ context.Context, all ...delivery.Update) error {
			if broken--; broken >= 0 {
				return errors.New("disk full")
			}
			for _, u := range all {
				kept[u.ID]++
			}
			return nil
		})
		if len(kept) != 250 {
			t.Errorf("%d updates kept, want all", len(kept))
		}
		for id, n := range kept {
			if n != 1 {
				t.Errorf("update %d came %d times: it was confirmed late", id, n)
			}
		}
		if f.asked[0] != 0 || f.asked[1] != 0 || f.asked[2] != 0 || f.asked[3] != 110 {
			t.Errorf("asked from %v: what is not kept must not be confirmed, and what is at once", f.asked[:4])
		}
		if last := f.asked[len(f.asked)-1]; last != 260 {
			t.Errorf("the last word confirmed everything before %d, want 260", last)
		}
		if !strings.Contains(log, "disk full") {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestPollingOutlivesFaultsAndKeepsTheTokenSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{fail: []string{
			"<html>http://telegram.invalid/bot1:secret is down</html>",
			`{"ok":false,"error_code":500,"description":"http://telegram.invalid/bot1:secret/getUpdates"}`,
			`{"ok":false,"error_code":409,"description":"Conflict"}`,
			`{"ok":true,"result":[{"no":"number"},7,null]}`,
		}}
		f.say(1, 1)
		kept := 0
		log := poll(t, f, 2*time.Minute, func(context.Context, ...delivery.Update) error { kept++; return nil })
		if kept != 1 {
			t.Errorf("kept %d times, want once", kept)
		}
		for _, want := range []string{"another program polls with this token", "no update_id"} {
			if !strings.Contains(log, want) {
				t.Errorf("log:\n%s\nwant %q in it", log, want)
			}
		}
		if strings.Contains(log, "secret") {
			t.Errorf("the token stands in the log:\n%s", log)
		}
	})
}

// What goes on failing in the same way is told once and then counted, and a 429 is obeyed.
func TestPollingTellsAFaultOnceAndWaitsAsLongAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{fail: slices.Repeat([]string{"<html>down</html>"}, 12)}
		f.say(1, 1)
		log := poll(t, f, 10*time.Minute, func(context.Context, ...delivery.Update) error { return nil })
		if n := strings.Count(log, "getUpdates failed"); n != 2 || !strings.Contains(log, "count=10") || !strings.Contains(log, "works again") {
			t.Errorf("told %d times of 12 failures, want the first and the tenth, and that it is over:\n%s", n, log)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{fail: []string{`{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":90}}`}}
		f.say(1, 1)
		begun, kept := time.Now(), time.Duration(0)
		poll(t, f, 5*time.Minute, func(context.Context, ...delivery.Update) error { kept = time.Since(begun); return nil })
		if kept < 90*time.Second || kept > 2*time.Minute {
			t.Errorf("asked again after %s, told to wait 90 s", kept)
		}
	})
}

func TestRealServerIsPolled(t *testing.T) {
	f := &telegram{}
	f.say(1, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // before holding the poll, or the client's going is not noticed
		if err != nil {
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		resp, err := f.RoundTrip(r)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		io.Copy(w, resp.Body)
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	p := &Poller{URL: server.URL + "/bot1:x", Client: &http.Client{Transport: &http.Transport{}}, Accept: func(context.Context, ...delivery.Update) error {
		cancel()
		return nil
	}, Log: slog.New(slog.DiscardHandler)}
	defer p.Client.CloseIdleConnections()
	if err := p.Run(ctx); err != nil {
		t.Error(err)
	}
}

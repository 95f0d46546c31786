package updates

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"go.uber.org/goleak"

	"habar/bot/redact"
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

// run polls for a time on the fake clock and returns what the log said.
func run(t *testing.T, f *telegram, span time.Duration, handle func(context.Context, *models.Update)) string {
	t.Helper()
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	p := &Poller{URL: "http://telegram.invalid/bot1:secret", Dispatcher: &Dispatcher{Handle: handle, Log: logger, Now: time.Now}, Log: logger, Client: &http.Client{Transport: f}, Redact: redact.New("secret")}
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

func TestChatIsAnsweredInOrderAndWaitsForNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{}
		const chats, each = 5, 8
		for i := range int64(chats * each) {
			f.say(i+1, i%chats)
		}
		var (
			mu   sync.Mutex
			got  = map[int64][]int64{}
			last time.Time
		)
		begun := time.Now()
		run(t, f, time.Minute, func(_ context.Context, u *models.Update) {
			if u.Message.Chat.ID == 0 {
				time.Sleep(5 * time.Second) // the slow one
			} else {
				time.Sleep(50 * time.Millisecond)
			}
			mu.Lock()
			defer mu.Unlock()
			got[u.Message.Chat.ID] = append(got[u.Message.Chat.ID], u.ID)
			if u.Message.Chat.ID != 0 {
				last = time.Now()
			}
		})
		for chat, ids := range got {
			if len(ids) != each {
				t.Errorf("chat %d: %d updates handled, want %d, each once", chat, len(ids), each)
			}
			for i := 1; i < len(ids); i++ {
				if ids[i] < ids[i-1] {
					t.Errorf("chat %d: handled in the order %v", chat, ids)
				}
			}
		}
		if took := last.Sub(begun); took > time.Second {
			t.Errorf("the quick chats waited %s for the slow one", took)
		}
	})
}

func TestOnlyWhatIsHandledIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{}
		f.say(10, 1)
		f.say(11, 2)
		f.say(12, 3)
		var handled atomic.Int32
		run(t, f, 3*time.Second, func(_ context.Context, u *models.Update) {
			if u.ID == 11 {
				time.Sleep(6 * time.Second) // is being handled when the program is told to stop
			}
			handled.Add(1)
		})
		f.mu.Lock()
		defer f.mu.Unlock()
		if n := handled.Load(); n != 3 {
			t.Errorf("%d updates handled, want all three: what was begun is finished", n)
		}
		for i, offset := range f.asked[:len(f.asked)-1] {
			if offset > 11 {
				t.Errorf("poll %d confirmed everything before %d while 11 was not handled", i, offset)
			}
		}
		if last := f.asked[len(f.asked)-1]; last != 13 {
			t.Errorf("the last word confirmed everything before %d, want 13", last)
		}
	})
}

func TestPollingOutlivesFaultsAndKeepsTheTokenSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &telegram{fail: []string{
			"<html>http://telegram.invalid/bot1:secret is down</html>",
			`{"ok":false,"error_code":500,"description":"http://telegram.invalid/bot1:secret/getUpdates"}`,
			`{"ok":false,"error_code":409,"description":"Conflict"}`,
		}}
		f.say(1, 1)
		var handled atomic.Int32
		log := run(t, f, time.Minute, func(context.Context, *models.Update) {
			handled.Add(1)
			panic("boom")
		})
		if n := handled.Load(); n != 1 {
			t.Errorf("handled %d times, want once", n)
		}
		for _, want := range []string{"another program polls with this token", "panicked"} {
			if !strings.Contains(log, want) {
				t.Errorf("log:\n%s\nwant %q in it", log, want)
			}
		}
		if strings.Contains(log, "secret") {
			t.Errorf("the token stands in the log:\n%s", log)
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
	p := &Poller{URL: server.URL + "/bot1:x", Client: &http.Client{Transport: &http.Transport{}}, Dispatcher: &Dispatcher{Handle: func(context.Context, *models.Update) { cancel() }, Now: time.Now}, Log: slog.New(slog.DiscardHandler)}
	defer p.Client.CloseIdleConnections()
	if err := p.Run(ctx); err != nil {
		t.Error(err)
	}
}

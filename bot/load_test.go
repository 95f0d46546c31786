package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/digest/desk"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// A crowd is a Bot API with people who say /rates at a pace, and measures how long each
// waits for its answer.
type crowd struct {
	mu      sync.Mutex
	pending []json.RawMessage
	asked   map[int64]time.Time // by chat
	took    []time.Duration
	next    int64
}

const crowdSize = 10_000

func (c *crowd) say(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range n {
		c.next++
		chat := c.next%crowdSize + 1
		c.asked[chat] = time.Now()
		c.pending = append(c.pending, json.RawMessage(fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"x","language_code":"en"},"text":"/rates","entities":[{"type":"bot_command","offset":0,"length":6}]}}`, c.next, c.next, chat, chat)))
	}
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] {
	case "getUpdates":
		_, _ = io.Copy(io.Discard, r.Body)
		for range 500 {
			c.mu.Lock()
			n := min(len(c.pending), 100)
			batch := c.pending[:n:n]
			c.pending = c.pending[n:]
			c.mu.Unlock()
			if n > 0 {
				_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": batch})
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-time.After(time.Millisecond):
			}
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":[]}`)
	case "getMe":
		_, _ = io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"h","username":"h_bot"}}`)
	case "sendMessage":
		_ = r.ParseMultipartForm(1 << 20)
		chat, _ := strconv.ParseInt(r.FormValue("chat_id"), 10, 64)
		c.mu.Lock()
		if at, ok := c.asked[chat]; ok {
			c.took = append(c.took, time.Since(at))
			delete(c.asked, chat)
		}
		c.mu.Unlock()
		_, _ = io.WriteString(w, sent)
	default:
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// measure lets the crowd speak for a while and reports the answers' percentiles.
func (c *crowd) measure(b *testing.B, pace int) {
	b.Helper()
	const every = 5 * time.Millisecond
	time.Sleep(300 * time.Millisecond) // it connects
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	total := 4 * pace
	owed, said := 0.0, 0
	for said < total {
		<-ticker.C
		owed += float64(pace) * every.Seconds()
		n := min(int(owed), total-said)
		c.say(n)
		owed, said = owed-float64(n), said+n
	}
	for range 3000 {
		c.mu.Lock()
		done := len(c.took) >= total
		c.mu.Unlock()
		if done {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.took) < total {
		b.Fatalf("%d of %d were answered", len(c.took), total)
	}
	slices.Sort(c.took)
	b.ReportMetric(float64(c.took[total/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(c.took[total*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// How long /rates takes at 200 and at 1,000 commands a second from 10,000 chats, beside a
// bot that does nothing but send a text of the same length by the same library.
func BenchmarkRatesUnderLoad(b *testing.B) {
	db := storetest.Open(b)
	d := &desk.Desk{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }}
	if err := d.SeedBuiltin(b.Context()); err != nil {
		b.Fatal(err)
	}
	for chat := range int64(crowdSize) {
		if _, err := db.Register(b.Context(), reader.New(chat+1, "en"), ten); err != nil {
			b.Fatal(err)
		}
	}
	serve := func(b *testing.B, pace float64) func(ctx context.Context, api string) {
		b.Helper()
		return func(ctx context.Context, api string) {
			bot, err := New(Config{Token: "1:x", API: api, Store: db, Log: slog.New(slog.DiscardHandler), Now: time.Now, SendRate: pace})
			if err == nil {
				err = bot.Run(ctx)
			}
			if err != nil {
				b.Error(err)
			}
		}
	}
	run := func(b *testing.B, pace int, start func(ctx context.Context, api string)) {
		b.Helper()
		c := &crowd{asked: map[int64]time.Time{}, next: time.Now().UnixNano()} // updates are known by their ids
		server := httptest.NewServer(c)
		defer server.Close()
		ctx, cancel := context.WithCancel(b.Context())
		var done sync.WaitGroup
		done.Go(func() { start(ctx, server.URL) })
		c.measure(b, pace)
		cancel()
		done.Wait()
	}
	for _, pace := range []int{200, 1000} {
		b.Run(fmt.Sprintf("echo/%d", pace), func(b *testing.B) {
			run(b, pace, func(ctx context.Context, api string) {
				text := strings.Repeat("x", 900)
				echo, err := tg.New("1:x", tg.WithServerURL(api), tg.WithSkipGetMe(), tg.WithHTTPClient(time.Minute, newHTTPClient()), tg.WithDefaultHandler(func(ctx context.Context, e *tg.Bot, u *models.Update) {
					_, _ = e.SendMessage(ctx, &tg.SendMessageParams{ChatID: u.Message.Chat.ID, Text: text})
				}))
				if err != nil {
					b.Error(err)
					return
				}
				echo.Start(ctx)
			})
		})
		b.Run(fmt.Sprintf("habar/%d", pace), func(b *testing.B) {
			run(b, pace, serve(b, 30))
		})
	}
	b.Run("habar+digest/200", func(b *testing.B) {
		queueDigests(b, db, 100_000)
		run(b, 200, serve(b, 1000))
	})
}

// queueDigests owes a digest of this minute to many readers.
func queueDigests(b *testing.B, db *store.DB, readers int64) {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Minute)
	hour := reader.Schedule{Zone: time.UTC, Minute: now.Hour()*60 + now.Minute(), Days: reader.EveryDay}
	for chat := range readers {
		r := reader.New(crowdSize+chat+1, "en")
		if _, err := db.Register(b.Context(), r, now); err != nil {
			b.Fatal(err)
		}
		if err := db.Subscribe(b.Context(), r.Chat, now.Add(-time.Minute), hour); err != nil {
			b.Fatal(err)
		}
	}
	if n, _, err := db.QueueDigests(b.Context(), now); err != nil || n != readers {
		b.Fatal(n, err)
	}
}

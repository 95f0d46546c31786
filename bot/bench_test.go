package bot

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"habar/bot/message"
	"habar/bot/outbox"
	"habar/digest/desk"
	"habar/digest/reader"
	"habar/store/storetest"
)

const addressees = 5000

// sink is a Bot API that takes every message.
func sink(b *testing.B) (server *httptest.Server, taken *atomic.Int64) {
	b.Helper()
	taken = &atomic.Int64{}
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		taken.Add(1)
		io.WriteString(w, `{"ok":true,"result":{"message_id":1,"date":0,"chat":{"id":1,"type":"private"}}}`)
	}))
	b.Cleanup(server.Close)
	return server, taken
}

// One operation sends a digest to 5,000 chats with nothing but the client library, as many
// at once as the outbox, and delivers it to them through the outbox: claim, render, send,
// settle. In turns, so that a machine that is slower for a while is slower for both.
func BenchmarkDeliver(b *testing.B) {
	server, taken := sink(b)
	bot, m := benchBot(b, server.URL)
	at := ten
	for chat := range int64(addressees) {
		r := reader.New(chat+1, "en")
		r.Zone = time.UTC
		if _, err := bot.Store.Register(b.Context(), r, at); err != nil {
			b.Fatal(err)
		}
		if err := bot.Store.Subscribe(b.Context(), r.Chat, at.Add(-time.Minute), reader.Schedule{Zone: time.UTC, Minute: 10 * 60, Days: reader.EveryDay}); err != nil {
			b.Fatal(err)
		}
	}
	queuer, _ := bot.Store.(interface {
		QueueDigests(ctx context.Context, now time.Time) (int64, int, error)
	})
	bare := func() {
		var (
			next atomic.Int64
			all  sync.WaitGroup
		)
		for range outbox.Senders {
			all.Go(func() {
				for chat := next.Add(1); chat <= addressees; chat = next.Add(1) {
					if _, err := bot.send(b.Context(), envelope{chat: chat}, m); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	deliver := func() {
		worker := &outbox.Worker{
			Queue: bot.Store, Deliver: bot.deliver, Rate: 1e6, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return at },
		}
		ctx, cancel := context.WithCancel(b.Context())
		var done sync.WaitGroup
		done.Go(func() { _ = worker.Run(ctx) })
		for taken.Load() < addressees {
			time.Sleep(time.Millisecond)
		}
		cancel()
		done.Wait()
	}
	var took, used [2]time.Duration
	for b.Loop() {
		if n, _, err := queuer.QueueDigests(b.Context(), at); err != nil || n != addressees { // it has a benchmark of its own, in store
			b.Fatal(n, err)
		}
		for i, round := range []func(){bare, deliver} {
			taken.Store(0)
			runtime.GC()
			began, before := time.Now(), cpu()
			round()
			took[i] += time.Since(began)
			used[i] += cpu() - before
		}
		at = at.AddDate(0, 0, 1)
	}
	messages := float64(b.N) * addressees
	b.ReportMetric(messages/took[0].Seconds(), "bare-messages/s")
	b.ReportMetric(messages/took[1].Seconds(), "messages/s")
	b.ReportMetric(float64(used[0].Microseconds())/messages, "bare-µs-cpu/message")
	b.ReportMetric(float64(used[1].Microseconds())/messages, "µs-cpu/message")
	b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "of-bare")
	b.ReportMetric(0, "ns/op")
}

// cpu returns the processor time that this process has used, the server's included.
func cpu() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func benchBot(b *testing.B, api string) (*Bot, message.Message) {
	b.Helper()
	db := storetest.Open(b)
	d := &desk.Desk{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }}
	if err := d.SeedBuiltin(b.Context()); err != nil {
		b.Fatal(err)
	}
	bot, err := New(Config{Token: "1:x", API: api, Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }, SendRate: 1e6})
	if err != nil {
		b.Fatal(err)
	}
	m, err := bot.rendered.digest(b.Context(), bot.Store, reader.New(1, "en"), ten, ten)
	if err != nil {
		b.Fatal(err)
	}
	return bot, m
}

package updates

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/digest/delivery"
	"habar/digest/metric"
)

// memory is an inbox as the store keeps it.
type memory struct {
	mu     sync.Mutex
	kept   []delivery.Update
	known  map[int64]bool
	full   error // nothing can be written
	broken error
}

func (m *memory) KeepUpdates(_ context.Context, _ time.Time, all ...delivery.Update) (fresh []int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := cmp.Or(m.broken, m.full); err != nil {
		return nil, err
	}
	if m.known == nil {
		m.known = map[int64]bool{}
	}
	for _, u := range all {
		if !m.known[u.ID] {
			m.known[u.ID] = true
			m.kept, fresh = append(m.kept, u), append(fresh, u.ID)
		}
	}
	return fresh, nil
}

func (m *memory) WaitingUpdates(_ context.Context, after int64, n int) (all []delivery.Update, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.kept {
		if u.ID > after && len(all) < n {
			all = append(all, u)
		}
	}
	return all, m.broken
}

func (m *memory) UpdatesDone(_ context.Context, _ time.Time, ids ...int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = slices.DeleteFunc(m.kept, func(u delivery.Update) bool { return slices.Contains(ids, u.ID) })
	return m.broken
}

func (m *memory) waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.kept)
}

func update(id, chat int64) delivery.Update {
	return delivery.Update{ID: id, Body: fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d},"text":"%d"}}`, id, chat, chat, id)}
}

// now has a handler finish what it is handed.
func now(handle func(context.Context, *models.Update)) func(context.Context, *models.Update) *Later {
	return func(ctx context.Context, u *models.Update) *Later {
		handle(ctx, u)
		return nil
	}
}

// start runs a dispatcher; stop ends it.
func start(t *testing.T, d *Dispatcher) (stop func()) {
	t.Helper()
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	d.Now = time.Now
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestChatIsAnsweredInOrderAndWaitsForNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const chats, each = 5, 8
		var (
			mu   sync.Mutex
			got  = map[int64][]int64{}
			last time.Time
		)
		m := &memory{}
		d := &Dispatcher{Inbox: m, Handle: now(func(_ context.Context, u *models.Update) {
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
		})}
		begun := time.Now()
		stop := start(t, d)
		for i := range int64(chats * each) {
			if err := d.Accept(t.Context(), update(i+1, i%chats), update(i+1, i%chats)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		stop()
		for chat, ids := range got {
			if len(ids) != each || !slices.IsSorted(ids) {
				t.Errorf("chat %d: handled %v, want %d in order, each once", chat, ids, each)
			}
		}
		if took := last.Sub(begun); took > time.Second {
			t.Errorf("the quick chats waited %s for the slow one", took)
		}
		if n := m.waiting(); n != 0 {
			t.Errorf("%d updates stay in the inbox", n)
		}
	})
}

// Fifty people send a hundred messages a second each: nobody else notices.
func TestFloodDelaysNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu             sync.Mutex
			asked, slowest = map[int64]time.Time{}, time.Duration(0)
			quiet, refused int
			told           = map[int64]int{}
		)
		d := &Dispatcher{
			Inbox: &memory{},
			Handle: now(func(_ context.Context, u *models.Update) {
				time.Sleep(20 * time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				if u.Message.Chat.ID > 1000 {
					quiet++
					slowest = max(slowest, time.Since(asked[u.ID]))
				}
			}),
			Refuse: now(func(_ context.Context, u *models.Update) {
				mu.Lock()
				defer mu.Unlock()
				told[u.Message.Chat.ID]++
			}),
			Metrics: metric.Func(func(e metric.Event) {
				if e.Result == "too_fast" {
					refused++ // Accept is called by one goroutine here
				}
			}),
		}
		stop := start(t, d)
		id := int64(0)
		for range 500 { // ten seconds
			for flooder := range int64(50) {
				id += 2
				if err := d.Accept(t.Context(), update(id-1, flooder+1), update(id, flooder+1)); err != nil {
					t.Fatal(err)
				}
			}
			id++
			mu.Lock()
			asked[id] = time.Now()
			mu.Unlock()
			if err := d.Accept(t.Context(), update(id, 1000+id)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		stop()
		if quiet != 500 || slowest > 40*time.Millisecond {
			t.Errorf("%d of 500 others answered, the slowest after %s, want twice the quiet 20 ms at most", quiet, slowest)
		}
		if refused < 20_000 || len(told) != 50 {
			t.Errorf("%d refused, %d told, want all 50 told of about half of what they sent", refused, len(told))
		}
	})
}

// What is over the most that may wait for a chat is dropped and told once; the rest is
// handled, and the next rush is told anew.
func TestChatMayHaveSoMuchWaitingAndIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handled, told := 0, 0
		d := &Dispatcher{
			Inbox:  &memory{},
			Handle: now(func(context.Context, *models.Update) { time.Sleep(time.Second); handled++ }),
			Refuse: now(func(context.Context, *models.Update) { told++ }),
		}
		stop := start(t, d)
		id := int64(0)
		for rush := 1; rush <= 2; rush++ {
			for range 150 {
				id++
				if err := d.Accept(t.Context(), update(id, 7)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if want := rush * DefaultMaxWaiting; handled < want || handled > want+rush || told != rush {
				t.Errorf("rush %d: %d handled, told %d times, want %d and %d", rush, handled, told, want, rush)
			}
		}
		stop()
	})
}

func TestWhatWaitsIsHandledByTheNextRunAndWhatWasHandledIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		handled := map[int64]int{}
		var mu sync.Mutex
		handle := func(ctx context.Context, u *models.Update) {
			switch u.ID {
			case 1:
				select { // is cut off when the program is told to stop
				case <-ctx.Done():
					return
				case <-time.After(20 * time.Second):
				}
			case 2:
				time.Sleep(3 * time.Second) // is finished
			}
			mu.Lock()
			defer mu.Unlock()
			handled[u.ID]++
		}
		d := &Dispatcher{Inbox: m, Handle: now(handle)}
		stop := start(t, d)
		if err := d.Accept(t.Context(), update(1, 1), update(2, 2), update(3, 1), update(4, 2)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		stop()
		if handled[2] != 1 || len(handled) != 1 {
			t.Errorf("handled %v by the first run, want what it could finish", handled)
		}
		d = &Dispatcher{Inbox: m, Handle: now(handle)}
		if err := d.acceptWith(t, update(1, 1), update(2, 2), update(5, 1)); err != nil { // Telegram sends them again, before it runs
			t.Fatal(err)
		}
		stop = start(t, d)
		time.Sleep(time.Minute)
		stop()
		for id := range int64(5) {
			if handled[id+1] != 1 {
				t.Errorf("update %d was handled %d times, want once", id+1, handled[id+1])
			}
		}
	})
}

func (d *Dispatcher) acceptWith(t *testing.T, all ...delivery.Update) error {
	t.Helper()
	if d.Log == nil {
		d.Log, d.Now = slog.New(slog.DiscardHandler), time.Now
	}
	return d.Accept(t.Context(), all...)
}

func TestPanicEndsOneUpdateOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, panics, handled := &memory{}, 0, 0
		d := &Dispatcher{
			Inbox: m,
			Handle: now(func(_ context.Context, u *models.Update) {
				if handled++; u.ID == 1 {
					panic("boom")
				}
			}),
			Metrics: metric.Func(func(e metric.Event) {
				if e.Name == "update" && e.Result == "panic" {
					panics++
				}
			}),
		}
		stop := start(t, d)
		if err := d.Accept(t.Context(), update(1, 1), update(2, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		stop()
		if handled != 2 || panics != 1 || m.waiting() != 0 {
			t.Errorf("%d handled, %d panics, %d left: one that makes a handler panic would come for ever", handled, panics, m.waiting())
		}
	})
}

func TestInboxThatBreaksConfirmsNothing(t *testing.T) {
	m := &memory{broken: errors.New("disk full")}
	d := &Dispatcher{Inbox: m, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	if err := d.Accept(t.Context(), update(1, 1)); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("err = %v, want the inbox's", err)
	}
}

// Whatever Telegram invents is passed over, told sparingly, and holds nothing up.
func TestUnreadableUpdatesArePassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		var got []int64
		d := &Dispatcher{Inbox: &memory{}, Log: slog.New(slog.NewTextHandler(&log, nil)), Handle: now(func(_ context.Context, u *models.Update) { got = append(got, u.ID) })}
		stop := start(t, d)
		tests := []string{
			`"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":5}`,
			`"message":{"message_id":"one","chat":{"id":1}}`,
			`"message":{"message_id":1,"chat":[]}`,
			`"telepathy":{"to":"you"}`,
			`"message":null`,
			`"my_chat_member":7`,
			``,
		}
		id := int64(0)
		for _, body := range tests {
			for range 20 {
				id++
				raw, err := identify([]byte(strings.TrimSuffix(fmt.Sprintf(`{"update_id":%d,%s`, id, body), ",") + "}"))
				if err != nil {
					t.Fatal(err)
				}
				if err := d.Accept(t.Context(), raw); err != nil {
					t.Errorf("%s: %v", body, err)
				}
			}
		}
		if err := d.Accept(t.Context(), update(1000, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		stop()
		if !slices.Equal(got, []int64{1000}) {
			t.Errorf("handled %v, want the one that can be read", got)
		}
		if n := strings.Count(log.String(), "passed over"); n < 2 || n > 6 || !strings.Contains(log.String(), "kind=message") {
			t.Errorf("%d lines of log, want the first, the tenth and the hundredth of a kind:\n%s", n, log.String())
		}
	})
}

// Fields that habar does not need may be of any type and value.
func TestDecodeReadsOnlyWhatItNeeds(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"a forward of an unknown origin", `"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7},"text":"/rates","forward_origin":{"type":"dream"}}`, "message 7 /rates"},
		{"unknown paid media", `"message":{"message_id":1,"chat":{"id":7},"text":"hi","paid_media":{"paid_media":[{"type":"hologram"}]}}`, "message 7 hi"},
		{"a status that is new", `"my_chat_member":{"chat":{"id":7},"from":{"id":8},"old_chat_member":{"status":"member"},"new_chat_member":{"status":"ghost"}}`, "member 7 ghost"},
		{"a field of another type", `"message":{"message_id":1,"chat":{"id":7},"text":"hi","reply_markup":"none","entities":[]}`, "message 7 hi"},
		{"an old message's button", `"callback_query":{"id":"1","from":{"id":8},"message":{"message_id":5,"date":0,"chat":{"id":7}},"data":"rates"}`, "press 8 rates inaccessible"},
		{"a button", `"callback_query":{"id":"1","from":{"id":8},"message":{"message_id":5,"date":9,"chat":{"id":7},"photo":[{}]},"data":"rates"}`, "press 8 rates photo"},
		{"an inline query", `"inline_query":{"id":"1","from":{"id":8},"query":"5 usd","location":[]}`, "inline 8 5 usd"},
	}
	for _, tt := range tests {
		u, err := decode(delivery.Update{ID: 1, Body: []byte(`{"update_id":1,` + tt.body + `}`)})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := ""
		switch {
		case u.Message != nil:
			got = fmt.Sprint("message ", u.Message.Chat.ID, " ", u.Message.Text)
		case u.MyChatMember != nil:
			got = fmt.Sprint("member ", u.MyChatMember.Chat.ID, " ", u.MyChatMember.NewChatMember.Type)
		case u.InlineQuery != nil:
			got = fmt.Sprint("inline ", u.InlineQuery.From.ID, " ", u.InlineQuery.Query)
		case u.CallbackQuery.Message.InaccessibleMessage != nil:
			got = fmt.Sprint("press ", u.CallbackQuery.From.ID, " ", u.CallbackQuery.Data, " inaccessible")
		case len(u.CallbackQuery.Message.Message.Photo) > 0:
			got = fmt.Sprint("press ", u.CallbackQuery.From.ID, " ", u.CallbackQuery.Data, " photo")
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Whatever comes, it is read or passed over, and its lane can be told.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(hello))
	f.Add([]byte(`{"update_id":1,"callback_query":{"id":"1","from":{"id":8},"message":{"message_id":5,"date":0,"chat":{"id":7}},"data":"rates"}}`))
	f.Add([]byte(`{"update_id":1e9,"message":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		raw, err := identify(body)
		if err != nil {
			return
		}
		if u, err := decode(raw); err == nil && u != nil {
			laneOf(u)
			if u.ID != raw.ID || u.ID <= 0 {
				t.Errorf("%q has the number %d, read as %d", body, raw.ID, u.ID)
			}
		}
		kindOf(body)
	})
}

// TestWhatCannotBeKeptIsHandledOnceAndNotConfirmed: while the disk is full who asks is answered;
// when it is over the same updates come again, and are known.
func TestWhatCannotBeKeptIsHandledOnceAndNotConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("the disk is full")
		m := &memory{full: full}
		handled := map[int64]int{}
		var mu sync.Mutex
		d := &Dispatcher{Inbox: m, CannotKeep: func(err error) bool { return errors.Is(err, full) }, Handle: now(func(_ context.Context, u *models.Update) {
			mu.Lock()
			defer mu.Unlock()
			handled[u.ID]++
		})}
		stop := start(t, d)
		for range 3 { // Telegram gives what is not confirmed again
			if err := d.acceptWith(t, update(1, 1), update(2, 2)); !errors.Is(err, ErrUnkept) {
				t.Fatalf("accepted: %v, want ErrUnkept", err)
			}
			time.Sleep(time.Second)
		}
		m.mu.Lock()
		m.full = nil
		m.mu.Unlock()
		if err := d.acceptWith(t, update(1, 1), update(2, 2), update(3, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		stop()
		for id := range int64(3) {
			if handled[id+1] != 1 {
				t.Errorf("update %d was handled %d times, want once", id+1, handled[id+1])
			}
		}
		if n := m.waiting(); n > 0 {
			t.Errorf("%d updates wait, want none", n)
		}
	})
}

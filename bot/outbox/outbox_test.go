package outbox

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
)

// A room of readers whose digests are due, and a Telegram that answers as told.
type scene struct {
	db   *store.DB
	mu   sync.Mutex
	sent []int64 // chats, in the order of sending
	at   []time.Time
	fail map[int64][]error // for each chat, what the next sends meet
	down time.Time         // until then nothing gets through
	asks int               // whether anything does

	full    time.Time // until then everybody is told to wait
	refused int       // who was
}

func (s *scene) reach(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asks++
	if time.Now().Before(s.down) {
		return errors.New("no route to host")
	}
	return nil
}

func set(t *testing.T, chats ...int64) *scene {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "habar.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{db: db, fail: map[int64][]error{}}
	now := time.Now()
	for _, chat := range chats {
		r := reader.New(chat, "en")
		r.Zone = time.UTC
		if _, err := db.Register(t.Context(), r, now); err != nil {
			t.Fatal(err)
		}
		next := now.Add(time.Minute)
		if err := db.Subscribe(t.Context(), chat, now, reader.Schedule{Zone: time.UTC, Minute: next.Hour()*60 + next.Minute(), Days: reader.EveryDay}); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Minute) // on the fake clock
	if n, _, err := db.QueueDigests(t.Context(), time.Now()); err != nil || n != int64(len(chats)) {
		t.Fatalf("%d digests queued, %v, want %d", n, err, len(chats))
	}
	return s
}

func (s *scene) send(_ context.Context, d delivery.Delivery) error {
	chat := d.Reader.Chat
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.down) {
		return &delivery.SendError{Down: true, Err: errors.New("no route to host")}
	}
	if wait := time.Until(s.full); wait > 0 {
		s.refused++
		return &delivery.SendError{TooMany: true, Wait: wait, Err: errors.New("429")}
	}
	if next := s.fail[chat]; len(next) > 0 {
		s.fail[chat] = next[1:]
		return next[0]
	}
	s.sent, s.at = append(s.sent, chat), append(s.at, time.Now())
	return nil
}

func (s *scene) deliver(t *testing.T, span time.Duration, rate float64) {
	t.Helper()
	d := &Worker{
		Queue: s.db, Deliver: s.send, Reach: s.reach, Rate: rate, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	time.Sleep(span)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func (s *scene) check(t *testing.T, want ...int64) {
	t.Helper()
	got := slices.Sorted(slices.Values(s.sent))
	if !slices.Equal(got, want) {
		t.Errorf("sent to %v, want %v, each once", got, want)
	}
	if err := s.db.Close(); err != nil {
		t.Error(err)
	}
}

func TestEachFailureIsSettledForWhatItIs(t *testing.T) {
	tests := []struct {
		name string
		fail []error
		want []int64 // chats that got their digest within two minutes
	}{
		{"none", nil, []int64{1, 2}},
		{"a passing failure is tried again", []error{errors.New("connection reset"), errors.New("answered 502")}, []int64{1, 2}},
		{"told to slow down, as long as it says, however often", slices.Repeat([]error{&delivery.SendError{TooMany: true, Wait: 5 * time.Second, Err: errors.New("429")}}, 12), []int64{1, 2}},
		{"a group that moved", []error{&delivery.SendError{MovedTo: -1007, Err: errors.New("migrated")}}, []int64{-1007, 2}},
		{"a chat that is gone is left alone", []error{&delivery.SendError{Unreachable: true, Err: errors.New("forbidden")}}, []int64{2}},
		{"what cannot be mended is not tried again", []error{&delivery.SendError{Permanent: true, Err: errors.New("bad request")}}, []int64{2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := set(t, 1, 2)
				s.fail[1] = tt.fail
				s.deliver(t, 2*time.Minute, 30)
				s.check(t, tt.want...)
			})
		})
	}
}

// At each pace nearly all of what Telegram allows is used, and in no second more.
func TestBulkKeepsPace(t *testing.T) {
	for _, tt := range []struct {
		rate    float64
		seconds int
	}{{20, 10}, {30, 20}, {1000, 1}} {
		synctest.Test(t, func(t *testing.T) {
			want := int(tt.rate) * tt.seconds
			s := set(t, fill(make([]int64, want+want/10))...)
			s.deliver(t, time.Duration(tt.seconds)*time.Second, tt.rate)
			if n := len(s.sent); float64(n) < 0.98*float64(want) || float64(n) > 1.1*float64(want) {
				t.Errorf("at %v a second %d messages left in %d s, want %d", tt.rate, n, tt.seconds, want)
			}
			for i := range s.at {
				in := 0
				for j := i; j < len(s.at) && s.at[j].Sub(s.at[i]) < time.Second; j++ {
					in++
				}
				if float64(in) > 1.1*tt.rate+1 {
					t.Fatalf("at %v a second %d messages left within one", tt.rate, in)
				}
			}
			s.db.Close()
		})
	}
}

func TestOneChatsPatienceIsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(t, 1, 2, 3, 4, 5, 6)
		wait := &delivery.SendError{TooMany: true, Wait: time.Minute, Err: errors.New("429")}
		s.fail[1] = []error{wait}
		s.deliver(t, 5*time.Second, 30)
		s.check(t, 2, 3, 4, 5, 6)
	})
}

// Told that everybody is to wait, nobody is written to but for one probe, and alerts go
// first afterwards.
func TestEverybodyWaitsWhenTelegramSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chats := make([]int64, 300)
		s := set(t, fill(chats)...)
		fireAlert(t, s.db, 250)
		s.full = time.Now().Add(time.Minute)
		s.deliver(t, 59*time.Second, 1000)
		if n := s.refused; n > Senders+2 || len(s.sent) > 0 {
			t.Errorf("%d calls were made while everybody was to wait, want those in flight and a probe", n)
		}
		s.deliver(t, 2*time.Minute, 100)
		if i := slices.Index(s.sent, 250); i < 0 || i >= Senders {
			t.Errorf("the alert came after %d digests", slices.Index(s.sent, 250))
		}
		s.check(t, slices.Sorted(slices.Values(append(chats, 250)))...)
	})
}

func fill(chats []int64) []int64 {
	for i := range chats {
		chats[i] = int64(i + 1)
	}
	return chats
}

// A digest for everyone is on its way when an alert comes: it leaves within two seconds.
func TestAlertsOvertakeDigests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chats := make([]int64, 700)
		s := set(t, fill(chats)...)
		pair := rates.Pair{Base: rates.USD, Quote: rates.KZT}
		quote := func(value int64) []rates.Quote {
			return []rates.Quote{{Pair: pair, Value: decimal.NewFromInt(value), Source: rates.NBK, Effective: rates.Day(time.Now()), Fetched: time.Now()}}
		}
		v := rates.Judge(rates.Board{}, quote(500), time.Now())
		if _, err := s.db.SaveVerdict(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		const last = 700 // whose digest comes last
		a := alert.Alert{Chat: last, Terms: alert.Terms{Pair: pair, Kind: alert.Level, Direction: 1, Amount: decimal.NewFromInt(505)}, Created: time.Now(), State: alert.Armed}
		if _, err := s.db.AddAlert(t.Context(), a, 9); err != nil {
			t.Fatal(err)
		}
		var fired time.Time
		time.AfterFunc(10*time.Second, func() {
			fired = time.Now()
			if _, err := s.db.SaveVerdict(context.WithoutCancel(t.Context()), rates.Judge(v.Board, quote(506), time.Now())); err != nil {
				t.Error(err)
			}
		})
		s.deliver(t, 20*time.Second, 30)
		i := slices.Index(s.sent, last)
		if i < 0 {
			t.Fatal("the alert did not leave")
		}
		if took := s.at[i].Sub(fired); took > 2*time.Second || took < 0 {
			t.Errorf("the alert left %s after it fired, want within 2 s", took)
		}
		s.db.Close()
	})
}

// A digest that falls into quiet hours comes when they end; an alert comes at once,
// unless its reader wants that held back too.
func TestQuietHoursHoldBackAllButAlerts(t *testing.T) {
	for _, holdAlerts := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := set(t, 1)
			begun := time.Now()
			r, _, err := s.db.Reader(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			minute := begun.UTC().Hour()*60 + begun.UTC().Minute()
			r.Quiet = reader.Quiet{From: minute, To: (minute + 4) % 1440, Alerts: holdAlerts}
			if err := s.db.SaveReader(t.Context(), r, begun); err != nil {
				t.Fatal(err)
			}
			pair := rates.Pair{Base: rates.USD, Quote: rates.KZT}
			for _, value := range []int64{500, 506} {
				board, err := s.db.Board(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				v := rates.Judge(board, []rates.Quote{{Pair: pair, Value: decimal.NewFromInt(value), Source: rates.NBK, Effective: rates.Day(begun), Fetched: begun}}, begun)
				if _, err := s.db.SaveVerdict(t.Context(), v); err != nil {
					t.Fatal(err)
				}
				if value == 500 {
					a := alert.Alert{Chat: 1, Terms: alert.Terms{Pair: pair, Kind: alert.Level, Direction: 1, Amount: decimal.NewFromInt(505)}, Created: begun, State: alert.Armed}
					if _, err := s.db.AddAlert(t.Context(), a, 9); err != nil {
						t.Fatal(err)
					}
				}
			}
			s.deliver(t, 6*time.Minute, 30)
			s.check(t, 1, 1)
			for i, at := range s.at {
				waited := at.Sub(begun) > 2*time.Minute
				if want := i == 1 || holdAlerts; waited != want {
					t.Errorf("message %d came after %s (alerts held: %t)", i+1, at.Sub(begun), holdAlerts)
				}
			}
		})
	}
}

func TestKilledProcessesUseNoAttemptsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(t, 1)
		for range 2 * maxAttempts { // claimed, and killed before it was sent
			if due, err := s.db.Claim(t.Context(), time.Now(), 9); err != nil || len(due) != 1 {
				t.Fatalf("%d due, %v", len(due), err)
			}
			if _, err := s.db.Recover(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		s.fail[1] = []error{errors.New("answered 500")}
		s.deliver(t, time.Minute, 30)
		s.check(t, 1)
	})
}

func TestDeliveryThatPanicsEndsNoProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(t, 1, 2)
		d := &Worker{
			Queue: s.db, Rate: 30, Log: slog.New(slog.DiscardHandler), Now: time.Now,
			Deliver: func(ctx context.Context, d delivery.Delivery) error {
				if d.Reader.Chat == 1 {
					panic("boom")
				}
				return s.send(ctx, d)
			},
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
		s.check(t, 2)
	})
}

func TestToldToStopItFinishesWhatItBeganAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chats := fill(make([]int64, 60))
		s := set(t, chats...)
		s.deliver(t, 2*time.Second, 10)
		if n := len(s.sent); n == 0 || n == len(chats) {
			t.Fatalf("%d sent before the stop, want some", n)
		}
		s.deliver(t, time.Minute, 10)
		s.check(t, chats...)
	})
}

// fireAlert makes an alert of a chat fire now.
func fireAlert(t *testing.T, db *store.DB, chat int64) {
	t.Helper()
	pair, now := rates.Pair{Base: rates.USD, Quote: rates.KZT}, time.Now()
	for _, value := range []int64{500, 506} {
		board, err := db.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		v := rates.Judge(board, []rates.Quote{{Pair: pair, Value: decimal.NewFromInt(value), Source: rates.NBK, Effective: rates.Day(now), Fetched: now}}, now)
		if _, err := db.SaveVerdict(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		if value == 506 {
			return
		}
		a := alert.Alert{Chat: chat, Terms: alert.Terms{Pair: pair, Kind: alert.Level, Direction: 1, Amount: decimal.NewFromInt(505)}, Created: now, State: alert.Armed}
		if _, err := db.AddAlert(t.Context(), a, 9); err != nil {
			t.Fatal(err)
		}
	}
}

// While Telegram is out of reach nothing is given up and nothing is hammered: alerts wait a
// day, digests three hours.
func TestOutageLosesNothingThatIsStillOfUse(t *testing.T) {
	tests := []struct {
		outage          time.Duration
		digests, alerts bool // are sent after it
	}{
		{5 * time.Minute, true, true},
		{time.Hour, true, true},
		{4 * time.Hour, false, true},
		{26 * time.Hour, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.outage.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var want []int64
				chats := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40}
				s := set(t, chats...)
				fireAlert(t, s.db, 7)
				s.down = time.Now().Add(tt.outage)
				s.deliver(t, tt.outage+10*time.Minute, 1000)
				if tt.digests {
					want = append(want, chats...)
				}
				if tt.alerts {
					want = append(want, 7)
				}
				slices.Sort(want)
				if most := 10 + int(tt.outage.Minutes()); s.asks > most {
					t.Errorf("asked %d times whether Telegram is there, want one question at a time, ever less often: %d at most", s.asks, most)
				}
				s.check(t, want...)
			})
		})
	}
}

// A message that fails while Telegram answers is to blame itself, however it fails.
func TestMessageThatAlwaysBreaksIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(t, 1, 2)
		s.fail[1] = slices.Repeat([]error{&delivery.SendError{Down: true, Err: errors.New("connection reset")}}, 100)
		s.deliver(t, 8*time.Minute, 1000)
		if left := len(s.fail[1]); left != 100-maxAttempts {
			t.Errorf("tried %d times, want %d", 100-left, maxAttempts)
		}
		s.check(t, 2)
	})
}

// What was being sent when the program was killed goes behind what was never begun: killed
// again, others are in flight.
func TestRecoveredDeliveriesGoBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(t, 1, 2, 3, 4, 5, 6)
		var order []int64
		for range 3 { // killed three times with two in flight
			if _, err := s.db.Recover(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			due, err := s.db.Claim(t.Context(), time.Now(), 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range due {
				order = append(order, d.Reader.Chat)
			}
			time.Sleep(5 * time.Second)
		}
		if !slices.Equal(order, []int64{1, 2, 3, 4, 5, 6}) {
			t.Errorf("in flight at the kills were %v, want each once", order)
		}
		s.sent = nil
		s.deliver(t, time.Minute, 1000)
		s.check(t, 1, 2, 3, 4, 5, 6)
	})
}

// What was begun twice when the program was killed is not sent a third time, unless it is an
// alert; what was claimed again and not begun again is.
func TestBegunTwiceIsEnoughForADigest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := set(t, 1, 2, 3)
		fireAlert(t, s.db, 3)
		for range 2 {
			due, err := s.db.Claim(t.Context(), time.Now(), 9)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range due {
				if d.Recovered && (d.Reader.Chat == 1 || d.Kind.Urgent()) {
					err = errors.Join(err, s.db.Begin(t.Context(), d.ID))
				}
			}
			_, err2 := s.db.Recover(t.Context(), time.Now()) // it was killed
			if errors.Join(err, err2) != nil {
				t.Fatal(err, err2)
			}
			time.Sleep(10 * time.Second)
		}
		s.deliver(t, time.Minute, 1000)
		s.check(t, 2, 3, 3)
	})
}

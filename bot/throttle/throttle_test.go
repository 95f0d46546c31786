package throttle

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestGroupGetsNoMoreThanTwentyAMinute(t *testing.T) {
	now, sent := time.Unix(0, 0), 0
	th := New(func() time.Time { return now })
	for range 600 { // ten tries a second for a minute
		if th.Hold(-100) == 0 {
			sent++
		}
		now = now.Add(100 * time.Millisecond)
	}
	if sent < 20 || sent > 25 {
		t.Errorf("%d messages in a minute, want about 20", sent)
	}
}

// After a 429 one other call tells whether it was meant for all.
func TestOneProbeTellsWhomARefusalIsFor(t *testing.T) {
	enter := func(t *testing.T, th *Throttle, chat int64) (func(Result), time.Duration) {
		t.Helper()
		done, wait, err := th.Enter(t.Context(), chat)
		if err != nil {
			t.Fatal(err)
		}
		return done, wait
	}
	for _, all := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			th := New(time.Now)
			first, _ := enter(t, th, 1)
			inFlight, _ := enter(t, th, 9)
			first(Result{RetryAfter: 20 * time.Second})
			inFlight(Result{}) // it may have been served before
			probe, wait := enter(t, th, 2)
			if wait != 0 {
				t.Fatalf("the probe waits %s", wait)
			}
			if _, wait := enter(t, th, 1); wait != 20*time.Second {
				t.Errorf("the chat that was told to wait waits %s", wait)
			}
			var (
				mu     sync.Mutex
				others []time.Duration
			)
			for chat := range int64(40) {
				go func() {
					_, wait, _ := th.Enter(t.Context(), 100+chat)
					mu.Lock()
					defer mu.Unlock()
					others = append(others, wait)
				}()
			}
			synctest.Wait()
			if len(others) > 0 {
				t.Error("others are let through while the probe is out")
			}
			answer, want := Result{}, time.Duration(0)
			if all {
				answer, want = Result{RetryAfter: 20 * time.Second}, 20*time.Second
			}
			probe(answer)
			if !all { // they were waiting: all go on
				time.Sleep(time.Second)
				if _, wait := enter(t, th, 3); wait != 0 {
					t.Errorf("another waits %s for the patience of one chat", wait)
				}
				return
			}
			if th.Pause() != want {
				t.Errorf("the pause is %s, want %s", th.Pause(), want)
			}
			if wait := th.Patience(5); wait != want+urgentFirst {
				t.Errorf("what can wait is told to wait %s", wait)
			}
			time.Sleep(want)
			next, wait := enter(t, th, 5)
			if wait != 0 {
				t.Fatalf("the first after the pause waits %s", wait)
			}
			next(Result{})
			if _, wait := enter(t, th, 6); wait != 0 {
				t.Errorf("it is over, and another waits %s", wait)
			}
		})
	}
}

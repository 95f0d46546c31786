package store_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/replica"
	"habar/store"
	"habar/store/storetest"
)

// two opens the same database twice, as two replicas do, and returns how to change it behind them.
func two(t *testing.T) (a, b *store.DB, behind func(query string)) {
	t.Helper()
	if !storetest.OnPostgres() {
		t.Skip("a file has one process")
	}
	where := storetest.Where(t)
	raw := storetest.Raw(t, where)
	return storetest.OpenAt(t, where), storetest.OpenAt(t, where), func(query string) {
		t.Helper()
		if _, err := raw.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
}

func lease(t *testing.T, db *store.DB, name string) bool {
	t.Helper()
	_, held, err := db.Lease(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestLeaseHasOneHolder(t *testing.T) {
	a, b, behind := two(t)
	if !lease(t, a, "x") || lease(t, b, "x") || !lease(t, a, "x") || !lease(t, b, "y") {
		t.Error("a lease is held by two, or by nobody")
	}
	behind(`UPDATE leases SET until = 0 WHERE name = 'x'`) // the first is silent
	if !lease(t, b, "x") || lease(t, a, "x") {
		t.Error("a lease that is over is not taken, or taken back")
	}
	if err := b.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !lease(t, a, "x") || !lease(t, a, "y") {
		t.Error("what was given back is not free")
	}
}

// A leader that was stopped while another took over writes no verdict, no alert, no digest, no news.
func TestOldLeaderWritesNothing(t *testing.T) {
	a, b, behind := two(t)
	ctx := t.Context()
	meet(t, a, 7)
	judge(t, a, noon, quote(rates.NBK, usdkzt, "500", noon))
	ask(t, a, "USD/KZT > 505", noon)
	if err := a.Subscribe(ctx, 7, noon, reader.Schedule{Zone: time.UTC, Minute: 12*60 + 1, Days: reader.EveryDay}); err != nil {
		t.Fatal(err)
	}
	if !lease(t, a, replica.Desk) {
		t.Fatal("no lease")
	}
	behind(`UPDATE leases SET until = 0`)
	if !lease(t, b, replica.Desk) {
		t.Fatal("the lease is not taken over")
	}
	later := noon.Add(5 * time.Minute)
	verdict := func(board rates.Board) rates.Verdict {
		return rates.Judge(board, []rates.Quote{quote(rates.NBK, usdkzt, "506", later.AddDate(0, 0, 1))}, later)
	}
	_, _, judged := a.Judge(ctx, verdict)
	_, _, queued := a.QueueDigests(ctx, later)
	_, news := a.SaveNews(ctx, nil, nil, nil, nil)
	_, history := a.SaveHistory(ctx, noon, rates.Verdict{}, nil, nil)
	for what, err := range map[string]error{"a verdict": judged, "digests": queued, "news": news, "history": history, "a settlement": a.SaveSettlement(ctx, rates.Settlement{}, noon)} {
		if !errors.Is(err, store.ErrNotLeader) {
			t.Errorf("%s: %v, want %v", what, err, store.ErrNotLeader)
		}
	}
	if due, err := b.Claim(ctx, later, 9); err != nil || len(due) != 0 {
		t.Errorf("%d deliveries, %v, of the old leader", len(due), err)
	}
	_, alerts, err := b.Judge(ctx, verdict)
	digests, _, err2 := b.QueueDigests(ctx, later)
	if err := errors.Join(err, err2); err != nil || alerts != 1 || digests != 1 {
		t.Errorf("%d alerts, %d digests, %v of the new leader", alerts, digests, err)
	}
}

func TestReplicasClaimEachDeliveryOnce(t *testing.T) {
	a, b, behind := two(t)
	ctx := t.Context()
	behind(`INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM generate_series(1, 2000) i`)
	behind(`INSERT INTO deliveries (chat, kind, priority, key, due, born, payload) SELECT i, 'digest', 1, 'digest:now', 0, 0, '{}' FROM generate_series(1, 2000) i`)
	var mu sync.Mutex
	seen := map[int64]int{}
	var wg sync.WaitGroup
	for _, db := range []*store.DB{a, b, a, b} {
		wg.Go(func() {
			for {
				claimed, err := db.Claim(ctx, noon, 50)
				if err != nil {
					t.Error(err)
				}
				if len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, d := range claimed {
					seen[d.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 2000 {
		t.Errorf("%d deliveries were claimed, want 2000", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("delivery %d was claimed %d times", id, n)
		}
	}
}

// What a silent replica was sending is taken by another, what a living one is sending is not; the old
// one settles nothing any more.
func TestSilentReplicasDeliveriesAreTaken(t *testing.T) {
	a, b, behind := two(t)
	ctx := t.Context()
	meet(t, a, 7)
	behind(`INSERT INTO deliveries (chat, kind, priority, key, due, born, payload) VALUES (7, 'digest', 1, 'digest:now', 0, 0, '{}')`)
	if err := errors.Join(a.Beat(ctx), b.Beat(ctx)); err != nil {
		t.Fatal(err)
	}
	mine, err := a.Claim(ctx, noon, 9)
	if err != nil || len(mine) != 1 {
		t.Fatal(len(mine), err)
	}
	recovered := func(want int64) {
		t.Helper()
		if n, err := b.Recover(ctx, noon); err != nil || n != want {
			t.Errorf("%d recovered, %v, want %d", n, err, want)
		}
	}
	recovered(0)
	behind(`UPDATE replicas SET seen = 0`)
	recovered(1)
	theirs, err := b.Claim(ctx, noon, 9)
	if err != nil || len(theirs) != 1 || !theirs[0].Recovered {
		t.Fatalf("%+v, %v", theirs, err)
	}
	if err := a.Settle(ctx, noon, delivery.Outcome{ID: mine[0].ID, State: delivery.Failed, Reason: "late"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Settle(ctx, noon, delivery.Outcome{ID: mine[0].ID, State: delivery.Queued, Due: noon}); err != nil {
		t.Fatal(err)
	}
	if again, err := b.Claim(ctx, noon, 9); err != nil || len(again) != 1 {
		t.Errorf("%d, %v: the old one settled what was not its own any more", len(again), err)
	}
	// A claim that reached the server late belongs to one that lives and knows nothing of it.
	if err := b.Beat(ctx); err != nil {
		t.Fatal(err)
	}
	recovered(0)
	behind(`UPDATE deliveries SET lease = 0`)
	recovered(1)
}

func TestUpdateOfASilentReplicaIsTaken(t *testing.T) {
	a, b, behind := two(t)
	ctx := t.Context()
	u := delivery.Update{ID: 5, Lane: 7, Body: []byte("{}")}
	keep := func(db *store.DB) int {
		t.Helper()
		fresh, err := db.KeepUpdates(ctx, noon, u)
		if err != nil {
			t.Fatal(err)
		}
		return len(fresh)
	}
	take := func(db *store.DB) (ids []int64) {
		t.Helper()
		all, err := db.WaitingUpdates(ctx, 0, 9)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range all {
			ids = append(ids, u.ID)
		}
		return ids
	}
	if err := errors.Join(a.Beat(ctx), b.Beat(ctx)); err != nil {
		t.Fatal(err)
	}
	if keep(a) != 1 || keep(b) != 0 || take(b) != nil {
		t.Error("an update is in two hands")
	}
	behind(`UPDATE inbox SET lease = 0`)
	if got := take(b); !slices.Equal(got, []int64{5}) {
		t.Errorf("taken: %v", got)
	}
	if mine, _, err := a.BeginUpdate(ctx, 5, 7); err != nil || mine {
		t.Errorf("the old one may still begin it: %t, %v", mine, err)
	}
	if mine, first, err := b.BeginUpdate(ctx, 5, 7); err != nil || !mine || !first {
		t.Errorf("the new one may not begin it: %t, %t, %v", mine, first, err)
	}
	if _, err := a.KeepUpdates(ctx, noon, delivery.Update{ID: 6, Lane: 7, Body: []byte("{}")}, delivery.Update{ID: 7, Lane: 8, Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	if mine, first, err := a.BeginUpdate(ctx, 6, 7); err != nil || !mine || first {
		t.Errorf("what came later may begin while another has something older of its chat: %t, %t, %v", mine, first, err)
	}
	if mine, first, err := a.BeginUpdate(ctx, 7, 8); err != nil || !mine || !first {
		t.Errorf("another chat's waits: %t, %t, %v", mine, first, err)
	}
	if err := b.UpdatesDone(ctx, noon, 5); err != nil {
		t.Fatal(err)
	}
	if keep(a) != 0 || take(a) != nil {
		t.Error("what was handled is handled again")
	}
}

func TestPaceIsThatOfAll(t *testing.T) {
	a, b, behind := two(t)
	ctx := t.Context()
	var last time.Duration
	for i := range 6 {
		db := []*store.DB{a, b}[i%2]
		wait, err := db.TakePace(ctx, 40, 50)
		if err != nil {
			t.Fatal(err)
		}
		last = wait
	}
	if last < 3800*time.Millisecond || last > 4*time.Second {
		t.Errorf("the sixth forty at 50 a second waits %s, want four seconds", last)
	}
	if err := a.PauseAll(ctx, time.Minute); err != nil {
		t.Fatal(err)
	}
	behind(`UPDATE pace SET next = 0`)
	if wait, err := b.TakePace(ctx, 1, 50); err != nil || wait < 50*time.Second {
		t.Errorf("told to pause a minute, the other waits %s, %v", wait, err)
	}
	meet(t, a, 7)
	behind(`INSERT INTO deliveries (chat, kind, priority, key, due, born, payload) VALUES (7, 'digest', 1, 'digest:now', 0, 0, '{}')`)
	if claimed, err := b.Claim(ctx, noon, 9); err != nil || len(claimed) != 0 {
		t.Errorf("%d claimed in the pause, %v", len(claimed), err)
	}
	behind(`UPDATE pace SET pause = 0`)
	if claimed, err := b.Claim(ctx, noon, 9); err != nil || len(claimed) != 1 {
		t.Errorf("%d claimed after the pause, %v", len(claimed), err)
	}
}

// A day's budget is one for all, and outlives a restart.
func TestBudgetOfADay(t *testing.T) {
	where := storetest.Where(t)
	for round, want := range []int{3, 0} {
		db := storetest.OpenAt(t, where)
		got := 0
		for range 5 {
			ok, err := db.Spend(t.Context(), "summaries", noon, 3)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				got++
			}
		}
		if got != want {
			t.Errorf("opened the %d. time: %d of 5 were left, want %d", round+1, got, want)
		}
	}
	db := storetest.OpenAt(t, where)
	if ok, err := db.Spend(t.Context(), "summaries", noon.AddDate(0, 0, 1), 3); err != nil || !ok {
		t.Errorf("the next day: %t, %v", ok, err)
	}
	if ok, err := db.Spend(t.Context(), "none", noon, 0); err != nil || ok {
		t.Errorf("of nothing: %t, %v", ok, err)
	}
}

// A broadcast that is cancelled while it is being queued stays cancelled, and reaches nobody more.
func TestBroadcastIsCancelledWhileItIsQueued(t *testing.T) {
	a, b, behind := two(t)
	ctx := t.Context()
	behind(`INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM generate_series(1, 9000) i`)
	id, err := a.Draft(ctx, "text", noon)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for done := false; !done; {
			var err error
			if done, err = a.QueueBroadcast(ctx, id, noon); err != nil {
				t.Error(err)
				return
			}
		}
	})
	time.Sleep(150 * time.Millisecond) // in the middle of a portion
	if err := b.CancelBroadcast(ctx, id, noon); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	state, _, err := b.Broadcast(ctx, id)
	if err != nil || !state.Cancelled || state.Queued > 0 {
		t.Errorf("%+v, %v, want it cancelled and nothing queued", state, err)
	}
}

// A chat is forgotten while a message to it is being sent: what Telegram says of it then holds nothing
// else up.
func TestOutcomeOfAForgottenChatHoldsNothingUp(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	for _, chat := range []int64{7, 8} {
		meet(t, db, chat)
		if err := db.Subscribe(ctx, chat, noon, reader.Schedule{Zone: time.UTC, Minute: 12*60 + 1, Days: reader.EveryDay}); err != nil {
			t.Fatal(err)
		}
	}
	later := noon.Add(5 * time.Minute)
	if n, _, err := db.QueueDigests(ctx, later); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	claimed, err := db.Claim(ctx, later, 9)
	if err != nil || len(claimed) != 2 {
		t.Fatal(len(claimed), err)
	}
	if _, err := db.Forget(ctx, 7); err != nil {
		t.Fatal(err)
	}
	var all []delivery.Outcome
	for _, d := range claimed {
		o := delivery.Outcome{ID: d.ID, State: delivery.Sent}
		if d.Reader.Chat == 7 {
			o = delivery.Outcome{ID: d.ID, State: delivery.Failed, Unreachable: true, MovedTo: -5}
		}
		all = append(all, o)
	}
	if err := db.Settle(ctx, later, all...); err != nil {
		t.Errorf("Settle: %v", err)
	}
	if left, err := db.Claim(ctx, later, 9); err != nil || len(left) != 0 {
		t.Errorf("%d are left, %v", len(left), err)
	}
}

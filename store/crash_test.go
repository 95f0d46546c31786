package store_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/store"
	"habar/store/storetest"
)

// ask sets an alert of chat 7 by its words.
func ask(t *testing.T, db *store.DB, words string, at time.Time) {
	t.Helper()
	w, err := alert.Parse(words, at)
	if err != nil {
		t.Fatal(err)
	}
	r, err := alert.Read(t.Context(), db, at, w.Pair, w.Gauge())
	if err != nil {
		t.Fatal(err)
	}
	a, err := alert.New(w.Terms, 7, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.AddAlert(t.Context(), a, 50); err != nil {
		t.Fatal(err)
	}
}

// toldOf returns the alerts of which each delivery that is due tells.
func toldOf(t *testing.T, db *store.DB, at time.Time) (all [][]int64) {
	t.Helper()
	due, err := db.Claim(t.Context(), at, 999)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range due {
		var payload delivery.AlertPayload
		if err := json.Unmarshal(d.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, f := range payload.All() {
			ids = append(ids, f.AlertID)
		}
		all = append(all, ids)
	}
	return all
}

// Accepting breaks off before each of its writes in turn: nothing of it is kept, and
// said again it tells what it would have told, once.
func TestAcceptingThatBreaksOffLosesAndDoublesNothing(t *testing.T) {
	for _, step := range []string{
		"INSERT ON quotes", "UPDATE ON quotes", "INSERT ON newest", "UPDATE ON newest", "INSERT ON quarantine", "UPDATE ON alerts", "INSERT ON firings",
		"UPDATE ON firings", "INSERT ON deliveries",
	} {
		t.Run(step, func(t *testing.T) {
			where := storetest.Where(t)
			db := storetest.OpenAt(t, where)
			meet(t, db, 7)
			judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon))
			ask(t, db, "USD/KZT > 505 repeat", noon)
			ask(t, db, "USD/KZT 1%", noon)
			ask(t, db, "USD/KZT > 512", noon)
			later := noon.Add(2 * time.Hour)
			judge(t, db, later, quote(rates.NBK, usdkzt, "506", later))
			if got := toldOf(t, db, later); len(got) != 1 || !slices.Equal(got[0], []int64{1, 2}) {
				t.Fatalf("told of %v, want 1 and 2 at once", got)
			}
			// The next round corrects the last one, has a figure of a new day, fires
			// another alert and holds one figure back.
			next := noon.AddDate(0, 0, 1)
			board, err := db.Board(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			v := rates.Judge(board, []rates.Quote{
				quote(rates.NBK, usdkzt, "503", noon), quote(rates.PEG, rates.Pair{Base: "USD", Quote: "TMT"}, "3.5", next), quote(rates.Market, usdkzt, "700", next),
			}, next)
			more := rates.Judge(v.Board, []rates.Quote{quote(rates.NBK, usdkzt, "513", next)}, next)
			v.Accepted, v.Board = append(v.Accepted, more.Accepted...), more.Board
			goOn := breakOff(t, where, step)
			if _, err := db.SaveVerdict(t.Context(), v); err == nil {
				t.Fatal("it did not break off")
			}
			if got := toldOf(t, db, next); len(got) != 0 {
				t.Errorf("what broke off told of %v", got)
			}
			if q, _, err := db.QuoteOn(t.Context(), usdkzt, rates.NBK, next); err != nil || q.Value.String() != "506" {
				t.Errorf("USD/KZT = %s, %v, want what it was", q.Value, err)
			}
			goOn()
			for range 2 {
				if _, err := db.SaveVerdict(t.Context(), v); err != nil {
					t.Fatal(err)
				}
			}
			// Undone: both, the latest first. Then all three, by the figure of the new day.
			if got := fmt.Sprint(toldOf(t, db, next)); got != "[[2 1] [1 2 3]]" {
				t.Errorf("told of %s", got)
			}
		})
	}
}

// breakOff has every write of a kind fail, until what it returns is called.
func breakOff(t *testing.T, where, step string) (goOn func()) {
	t.Helper()
	side := storetest.Raw(t, where)
	run := func(query string) {
		t.Helper()
		if _, err := side.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if !storetest.OnPostgres() {
		run("CREATE TRIGGER stop BEFORE " + step + " BEGIN SELECT RAISE(ABORT, 'broken off'); END")
		return func() { run("DROP TRIGGER stop") }
	}
	run("CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$")
	run("CREATE TRIGGER stop BEFORE " + step + " FOR EACH ROW EXECUTE FUNCTION stop()")
	return func() { run("DROP FUNCTION stop CASCADE") }
}

const (
	acceptEnv    = "HABAR_TEST_ACCEPT"
	acceptRounds = 400
)

// acceptRound is round n: the rate goes up and down past the level, so that each
// second round fires.
func acceptRound(n int) (time.Time, string) {
	return noon.Add(time.Duration(n) * 24 * time.Hour), []string{"495", "506"}[n%2]
}

// acceptOn goes on with the rounds where an earlier process was killed.
func acceptOn(t *testing.T, path string) {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	begin := 1
	if q, known, err := db.QuoteOn(t.Context(), usdkzt, rates.NBK, noon.AddDate(9, 0, 0)); err != nil {
		t.Fatal(err)
	} else if known {
		begin = int(q.Effective.Sub(rates.Day(noon)).Hours() / 24) // once more what may have been in flight
	}
	for n := max(begin, 1); n <= acceptRounds; n++ {
		at, value := acceptRound(n)
		judge(t, db, at, quote(rates.NBK, usdkzt, value, at))
	}
}

// The process is killed while it accepts, again and again: every crossing is told once.
func TestAcceptingThatIsKilledLosesAndDoublesNothing(t *testing.T) {
	if path := os.Getenv(acceptEnv); path != "" {
		acceptOn(t, path)
		return
	}
	path := storetest.Where(t)
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	meet(t, db, 7)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "495", noon))
	ask(t, db, "USD/KZT > 500 repeat", noon)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for kill := range 12 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAcceptingThatIsKilled")
		child.Env = append(os.Environ(), acceptEnv+"="+path, "HABAR_TEST_POSTGRES=off")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if kill < 11 {
			time.Sleep(time.Duration(15+rand.IntN(40)) * time.Millisecond)
			_ = child.Process.Kill()
		}
		_ = child.Wait()
	}
	if db, err = store.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	last, _ := acceptRound(acceptRounds)
	if got := toldOf(t, db, last); len(got) != acceptRounds/2 {
		t.Errorf("told %d times, want %d", len(got), acceptRounds/2)
	}
}

// The alerts of a chat that is switched off are kept and asleep; when it speaks again,
// what was crossed meanwhile and still holds is told with the next rate.
func TestAlertsSleepWhileTheirChatIsSwitchedOff(t *testing.T) {
	db := storetest.Open(t)
	meet(t, db, 7)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon))
	ask(t, db, "USD/KZT > 505", noon)
	ask(t, db, "USD/KZT > 510", noon)
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	judge(t, db, day(1), quote(rates.NBK, usdkzt, "506", day(1)))
	due, err := db.Claim(t.Context(), day(1), 9)
	if err != nil || len(due) != 1 {
		t.Fatalf("%d due, %v", len(due), err)
	}
	if err := db.Settle(t.Context(), day(1), delivery.Outcome{ID: due[0].ID, State: delivery.Failed, Reason: "blocked", Unreachable: true}); err != nil {
		t.Fatal(err)
	}
	if _, queued := judge(t, db, day(2), quote(rates.NBK, usdkzt, "511", day(2))); queued != 0 {
		t.Errorf("a chat that is switched off was owed %d", queued)
	}
	meet(t, db, 7)
	if _, queued := judge(t, db, day(3), quote(rates.NBK, usdkzt, "512", day(3))); queued != 1 {
		t.Errorf("back again it was owed %d, want what was crossed meanwhile", queued)
	}
	if all, err := db.Alerts(t.Context(), 7); err != nil || len(all) != 2 {
		t.Errorf("%d alerts, %v, want both kept", len(all), err)
	}
}

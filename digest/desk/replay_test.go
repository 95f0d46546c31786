package desk_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"habar/digest/alert"
	"habar/digest/desk"
	"habar/digest/reader"
	"habar/store/storetest"
)

// The real market series, where it lies beside the checkout, against alerts whose
// firings were checked by hand.
func TestReplayOfTheRealMarketSeries(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "payloads", "market", "*.json"))
	if err != nil || len(files) == 0 {
		t.Skip("the market series is not on this machine")
	}
	db, ctx := storetest.Open(t), t.Context()
	in := desk.Import{Store: db, Now: time.Now}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := in.Add(body); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := in.Save(ctx); err != nil {
		t.Fatal(err)
	}
	from := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	if _, err := db.Register(ctx, reader.New(7, "en"), from); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"USD/TMT 1%":            nil,
		"USD/KZT < 500":         {"2026-07-03"},
		"USD/KZT < 480 repeat":  {"2026-07-03"},
		"KZT/USD > 0.0021":      {"2026-07-03"},
		"USD/KZT 2% repeat":     {"2025-12-11", "2025-12-24", "2026-07-03", "2026-08-15"},
		"USD/KZT -2% 7d repeat": {"2025-12-28"},
		"RUB/KZT > 6.5":         {"2025-12-14"},
		"RUB/TJS 3% repeat":     {"2025-12-12", "2025-12-28", "2026-08-05", "2026-08-15"},
		"EUR/KGS > 102 repeat":  {"2025-12-11", "2026-08-20"},
		"USD/UZS > 12100":       {"2025-12-16"},
		"CNY/KZT +1% 30d":       nil,
	}
	asked := map[int64]string{}
	for words := range want {
		w, err := alert.Parse(words, from)
		if err != nil {
			t.Fatal(err)
		}
		a, err := alert.New(w.Terms, 7, alert.Reading{At: from})
		if err != nil {
			t.Fatal(err)
		}
		if a, err = db.AddAlert(ctx, a, len(want)); err != nil {
			t.Fatal(err)
		}
		asked[a.ID] = words
	}

	seen, err := desk.Replay{Store: db, From: from, To: from.AddDate(1, 0, 0)}.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}

	got := map[string][]string{}
	for words := range want {
		got[words] = nil
	}
	for _, r := range seen.Firings {
		got[asked[r.AlertID]] = append(got[asked[r.AlertID]], r.At.Format(time.DateOnly))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("over %d days (-want +got):\n%s", seen.Days, diff)
	}
}

package desk_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"habar/digest/desk"
	"habar/digest/rates"
	"habar/store/storetest"
)

// TestPastIsReadInTheBackground: after the first round, once, with what was read before left
// alone; the board then has moves, which are the market's where the bank has no history.
func TestPastIsReadInTheBackground(t *testing.T) {
	s, db := newPastStand(t), storetest.Open(t)
	b := s.backfill(t, db)
	var log bytes.Buffer
	d := newDesk(db)
	d.Sources, d.Fetch, d.Now, d.Log = b.Sources, b.Fetch, func() time.Time { return noon }, slog.New(slog.NewTextHandler(&log, nil))
	d.RatesSpec, d.NewsSpec = "@every 24h", "@every 24h"
	v := rates.Judge(rates.Board{}, []rates.Quote{
		{Pair: usdkzt, Value: mustDecimal(t, "480"), Source: rates.NBK, Effective: rates.Day(noon), Fetched: noon},
		{Pair: usdkzt, Value: mustDecimal(t, "479"), Source: rates.Market, Effective: rates.Day(noon), Fetched: noon},
	}, noon)
	if _, err := db.SaveVerdict(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	listed := func() rates.Listing {
		t.Helper()
		all, err := rates.List(t.Context(), db, usdkzt)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		return all[0]
	}
	if m := listed().Moves[0]; m.Known {
		t.Fatalf("before it moved %+v", m)
	}
	past := &desk.Past{Desk: d, Days: 10, Pace: time.Microsecond}
	d.RoundDone() // what Run does after the first round
	past.Run(t.Context())
	if m := listed().Moves[0]; !m.Known || !m.Market {
		t.Errorf("after it moved %+v, want the market's", m)
	}
	if done, all := past.Progress(); done != 0 || all != 0 {
		t.Errorf("when it is over it tells of %d of %d days", done, all)
	}
	asked := len(s.asked)
	past.Run(t.Context())
	for path, n := range s.asked {
		if n != 1 && strings.HasPrefix(path, "/market/") {
			t.Errorf("%s was asked for %d times, want once", path, n)
		}
	}
	if len(s.asked) != asked {
		t.Errorf("%d addresses were asked again", len(s.asked)-asked)
	}
}

package bot

import (
	"strings"
	"testing"
	"time"

	"habar/digest/rates"
	"habar/digest/reader"
)

// Mirrors of one source that disagree about a day cost a reader one message and one correction
// at most, and /sources says who contradicts itself.
func TestAnswersThatFlipTellOneMessageAndOneCorrection(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SaveSource(t.Context(), rates.SourceState{Name: rates.NBK, Tried: ten, Success: ten}); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"", " repeat"} {
		if got := typeAll(t, b, r, "/alert USD/KZT > 480"+words).Plain(); !strings.Contains(got, "480") {
			t.Fatal(got)
		}
	}
	notices := 0
	for i, value := range []string{"481.01", "479.50", "481.01", "479.50", "481.01", "479.50", "481.01", "479.50", "481.01", "479.50"} {
		at := ten.Add(time.Duration(i+1) * 3 * time.Second)
		board, err := db.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		q := rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Value: mustRate(t, value), Source: rates.NBK, Effective: rates.Day(ten), Fetched: at}
		queued, err := db.SaveVerdict(t.Context(), rates.Judge(board, []rates.Quote{q}, at))
		if err != nil {
			t.Fatal(err)
		}
		notices += queued
	}
	if notices < 2 || notices > 4 { // of two alerts
		t.Errorf("ten answers about one day told %d times, want a message and a correction for each of two alerts at most", notices)
	}
	got := strings.ReplaceAll(typeAll(t, b, r, "/sources").Plain(), "\u00a0", " ")
	if !strings.Contains(got, "contradicts itself about USD/KZT of 1 Apr: 4") {
		t.Errorf("/sources says\n%s", got)
	}
}

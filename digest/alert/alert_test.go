package alert

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

var (
	dec  = decimal.RequireFromString
	noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
)

func TestStep(t *testing.T) {
	tests := []struct {
		name  string
		words string
		rates []string // the first is the one when it is set, an hour and a minute apart
		fires []int    // the positions at which it fires
	}{
		{"fires when the rate passes its level", "usd/kzt > 550", []string{"505", "549.9", "551.2"}, []int{2}},
		{"reaching the level exactly counts", "usd/kzt > 550", []string{"505", "550"}, []int{1}},
		{"once is once", "usd/kzt > 550", []string{"505", "551", "540", "552"}, []int{1}},
		{"set beyond its level it waits for the rate to come back", "usd/kzt > 500", []string{"505", "506", "499", "501"}, []int{3}},
		{"below works the other way round", "usd/kzt < 500", []string{"505", "501", "499.99"}, []int{2}},
		{"repeat arms again after 0.25 %", "usd/kzt > 500 repeat", []string{"490", "501", "499.5", "501", "498", "501"}, []int{1, 5}},
		{"the direction follows from the present rate", "usd/kzt 450", []string{"505", "449"}, []int{1}},
		{"until ends it", "usd/kzt > 550 until 2026-04-01", []string{"505", "505", "505", "505", "505", "505", "505", "505", "505", "505", "505", "505", "551"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := Parse(tt.words, noon)
			if err != nil {
				t.Fatal(err)
			}
			a, err := w.For(7, dec(tt.rates[0]), noon)
			if err != nil {
				t.Fatal(err)
			}
			var fires []int
			for i, r := range tt.rates {
				var fired bool
				if a, fired = a.Step(dec(r), noon.Add(time.Duration(i)*61*time.Minute)); fired {
					fires = append(fires, i)
				}
			}
			if len(fires) != len(tt.fires) || (len(fires) > 0 && fires[len(fires)-1] != tt.fires[len(fires)-1]) {
				t.Errorf("fired at %v, want %v", fires, tt.fires)
			}
		})
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		words, pair, level string
		direction          int
		err                error
	}{
		{"USD/KZT > 550", "USD/KZT", "550", 1, nil},
		{"usd/kzt>550", "USD/KZT", "550", 1, nil},
		{"USD/KZT below 500", "USD/KZT", "500", -1, nil},
		{"kzt 550", "USD/KZT", "550", 0, nil},
		{"usd kzt 550", "USD/KZT", "550", 0, nil},
		{"rub tjs выше 0,13", "RUB/TJS", "0.13", 1, nil},
		{"KZT/USD <= 0.0018", "KZT/USD", "0.0018", -1, nil},
		{"", "", "", 0, ErrForm},
		{"USD/KZT", "", "", 0, ErrForm},
		{"550", "", "", 0, ErrForm},
		{"USD/KZT > 550 560", "", "", 0, ErrForm},
		{"USD/KZT > 0", "", "", 0, ErrLevel},
		{"USD/KZT > -5", "", "", 0, ErrLevel},
		{"USD/KZT > 1e99", "", "", 0, ErrLevel},
		{"USD/XYZ > 5", "", "", 0, rates.ErrUnknownCurrency},
		{"USD/KZT 2%", "", "", 0, ErrPercent},
		{"USD/KZT > 550 until 2026-03-31", "", "", 0, ErrUntil},
		{"USD/KZT > 550 until", "", "", 0, ErrUntil},
	}
	for _, tt := range tests {
		w, err := Parse(tt.words, noon)
		if !errors.Is(err, tt.err) {
			t.Errorf("Parse(%q): err = %v, want %v", tt.words, err, tt.err)
			continue
		}
		if err == nil && (w.Pair.String() != tt.pair || !w.Level.Equal(dec(tt.level)) || w.Direction != tt.direction) {
			t.Errorf("Parse(%q) = %+v, want %s %d %s", tt.words, w, tt.pair, tt.direction, tt.level)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("USD/KZT > 550 repeat until 2026-12-31")
	f.Add("kzt ниже 500,5")
	f.Fuzz(func(t *testing.T, words string) {
		w, err := Parse(words, noon)
		if err == nil && (!w.Level.IsPositive() || w.Pair.Base == w.Pair.Quote) {
			t.Errorf("Parse(%q) = %+v", words, w)
		}
	})
}

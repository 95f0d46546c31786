package reader

import (
	"errors"
	"testing"
	"time"
)

func TestHeldUntil(t *testing.T) {
	almaty, err := time.LoadLocation("Asia/Almaty") // UTC+5
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ quiet, now, until string }{
		{"22:00-07:00", "2026-04-01T17:30:00Z", "2026-04-02T02:00:00Z"}, // 22:30
		{"22:00-07:00", "2026-04-01T21:00:00Z", "2026-04-02T02:00:00Z"}, // 02:00
		{"22:00-07:00", "2026-04-02T02:00:00Z", ""},                     // 07:00
		{"22:00-07:00", "2026-04-01T09:00:00Z", ""},
		{"13:00 – 14:30", "2026-04-01T08:15:00Z", "2026-04-01T09:30:00Z"},
		{"с 22 до 7", "2026-04-01T17:30:00Z", "2026-04-02T02:00:00Z"},
		{"10 pm to 7.00", "2026-04-01T17:30:00Z", "2026-04-02T02:00:00Z"},
		{"22-07", "2026-04-01T17:30:00Z", "2026-04-02T02:00:00Z"},
		{"off", "2026-04-01T20:00:00Z", ""},
	}
	for _, tt := range tests {
		q, err := ParseQuiet(tt.quiet)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		until, held := Reader{Zone: almaty, Quiet: q}.HeldUntil(now)
		got := ""
		if held {
			got = until.UTC().Format(time.RFC3339)
		}
		if got != tt.until {
			t.Errorf("%s at %s: until %q, want %q", tt.quiet, tt.now, got, tt.until)
		}
	}
	for _, words := range []string{"22:00", "22-07-08", "25:00-07:00", "7:00-7:00", "night", "22-07 almaty"} {
		if _, err := ParseQuiet(words); !errors.Is(err, ErrQuiet) {
			t.Errorf("ParseQuiet(%q): err = %v", words, err)
		}
	}
}

func TestZoneAt(t *testing.T) {
	tests := []struct {
		lat, lon float64
		want     string
	}{
		{43.24, 76.89, "Asia/Almaty"},
		{42.87, 74.59, "Asia/Bishkek"},
		{40.52, 72.80, "Asia/Bishkek"},
		{41.31, 69.28, "Asia/Tashkent"},
		{38.56, 68.77, "Asia/Dushanbe"},
		{37.95, 58.38, "Asia/Ashgabat"},
		{43.65, 51.17, "Asia/Aqtau"},
		{55.75, 37.62, "Europe/Moscow"},
		{51.51, -0.13, "Europe/London"},
		{40.71, -74.01, "America/New_York"},
	}
	for _, tt := range tests {
		if zone, err := ZoneAt(tt.lat, tt.lon); err != nil || zone.String() != tt.want {
			t.Errorf("%v, %v lies in %v, %v, want %s", tt.lat, tt.lon, zone, err, tt.want)
		}
	}
	for _, at := range [][2]float64{{0, -30}, {-60, 100}, {95, 0}, {0, 400}} {
		if _, err := ZoneAt(at[0], at[1]); !errors.Is(err, ErrNowhere) {
			t.Errorf("%v: err = %v, want %v", at, err, ErrNowhere)
		}
	}
}

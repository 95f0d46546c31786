package chart

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-analyze/charts"
	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

var first = time.Date(2026, 7, 3, 0, 0, 0, 0, time.UTC)

func course(values ...string) []rates.Point {
	var all []rates.Point
	for i, v := range values {
		if v != "" {
			all = append(all, rates.Point{Day: first.AddDate(0, 0, i), Value: decimal.RequireFromString(v)})
		}
	}
	return all
}

// kzt are five weeks of tenge per dollar; weekends have no figure of their own.
var kzt = course(strings.Split("478.77,,,480.12,481.90,479.35,482.20,484.75,,,486.10,485.02,487.90,490.33,488.71,,,486.40,485.11,483.95,486.20,489.75,,,492.10,491.48,490.02,488.85,487.20,,,485.66,483.12,481.05,479.90", ",")...)

func example(points []rates.Point, dark bool) Chart {
	return Chart{
		Title: "1 USD в KZT", Source: "Национальный банк Казахстана, 6 авг", Change: "▲ 0.24% за 30 дней", Rising: 1,
		Points: points, To: points[len(points)-1].Day.AddDate(0, 0, 1), Step: true, Dark: dark,
		Value: func(d decimal.Decimal) string { return d.Round(8).String() }, DayLabel: func(t time.Time) string { return t.Format("2 Jan") },
	}
}

func TestDraw(t *testing.T) {
	long := make([]string, 365)
	for i := range long {
		long[i] = decimal.NewFromInt(int64(450 + i%37 + i/10)).String()
	}
	tests := []struct {
		name   string
		points []rates.Point
	}{
		{"five weeks", kzt},
		{"a year", course(long...)},
		{"a gap", append(course("470", "475", "473"), rates.Point{Day: first.AddDate(0, 0, 40), Value: decimal.NewFromInt(480)}, rates.Point{Day: first.AddDate(0, 0, 43), Value: decimal.NewFromInt(478)})},
		{"a rate that does not move", course("3.5", "3.5", "3.5")},
		{"two days", course("505.99", "478.77")},
		{"a small rate", course("0.00008201", "0.00008199", "0.00008210")},
		{"a huge one", course("1234567890.12", "1234567999")},
	}
	for _, tt := range tests {
		for _, dark := range []bool{false, true} {
			raw, err := Draw(example(tt.points, dark))
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			img, err := png.Decode(bytes.NewReader(raw))
			if err != nil || img.Bounds().Dx() != Width || img.Bounds().Dy() != Height {
				t.Errorf("%s: not a PNG of %d×%d: %v", tt.name, Width, Height, err)
			}
			if dir := os.Getenv("HABAR_CHARTS"); dir != "" { // to look at them
				name := strings.ReplaceAll(tt.name, " ", "-") + map[bool]string{true: "-dark"}[dark] + ".png"
				if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if _, err := Draw(Chart{Points: course("1")}); !errors.Is(err, ErrTooFew) {
		t.Errorf("one point: err = %v, want %v", err, ErrTooFew)
	}
}

// What is paid is green, what is asked red, each at its own height; a day of which nothing is known
// for long is left empty; the course of one day is enough in a band.
func TestBand(t *testing.T) {
	for name, points := range map[string][]rates.Point{"band": kzt, "band with one figure": kzt[len(kzt)-1:]} {
		for isDark, palette := range map[bool]colours{false: light, true: dark} {
			c := example(points, isDark)
			c.Legend = Legend{"Вам платят", "С вас просят", "Официальный"}
			for i := range 30 {
				if i > 8 && i < 22 {
					continue
				}
				at := decimal.NewFromInt(int64(480 + i%4))
				e := Edge{Day: first.AddDate(0, 0, i+4), Pays: at.Sub(decimal.NewFromInt(4)), Asks: at.Add(decimal.NewFromInt(6))}
				if i == 26 {
					e.Pays = decimal.Zero
				}
				c.Band = append(c.Band, e)
			}
			raw, err := Draw(c)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("HABAR_CHARTS"); dir != "" {
				path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+map[bool]string{true: "-dark"}[isDark]+".png")
				if err := os.WriteFile(path, raw, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			d := drawing{Chart: c}
			d.scale()
			middle := first.AddDate(0, 0, 5).Add(12 * time.Hour)
			unknown := first.AddDate(0, 0, 20)
			for what, want := range map[[2]int]bool{
				{d.x(middle), d.y(decimal.NewFromInt(477))}:  true,
				{d.x(unknown), d.y(decimal.NewFromInt(476))}: false, // where it was when it was last known
			} {
				if got := near(img, what, palette.up); got != want {
					t.Errorf("%s, dark %v: what is paid at %v: %v", name, isDark, what, got)
				}
			}
			if !near(img, [2]int{d.x(middle), d.y(decimal.NewFromInt(487))}, palette.down) {
				t.Errorf("%s, dark %v: what is asked is not drawn", name, isDark)
			}
		}
	}
}

// near reports whether a colour stands within three pixels above or below.
func near(img image.Image, at [2]int, c charts.Color) bool {
	for dy := -3; dy <= 3; dy++ {
		if r, g, b, _ := img.At(at[0], at[1]+dy).RGBA(); uint8(r>>8) == c.R && uint8(g>>8) == c.G && uint8(b>>8) == c.B {
			return true
		}
	}
	return false
}

func TestTicksAreRoundAndHoldTheCourse(t *testing.T) {
	for _, tt := range []struct{ low, high, want string }{
		{"478.77", "492.10", "475 480 485 490 495"},
		{"3.5", "3.5", "3.4 3.45 3.5 3.55 3.6"},
		{"0.00008199", "0.0000821", "0.00008195 0.000082 0.00008205 0.0000821 0.00008215"},
	} {
		var got []string
		for _, v := range ticks(decimal.RequireFromString(tt.low), decimal.RequireFromString(tt.high)) {
			got = append(got, v.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s to %s: %v, want %s", tt.low, tt.high, got, tt.want)
		}
	}
}

func TestDaysAreFewEnoughToRead(t *testing.T) {
	for _, span := range []int{2, 7, 30, 90, 365, 3650} {
		n := len(days(first, first.AddDate(0, 0, span)))
		if n < 2 || n > 2*dayTicks {
			t.Errorf("%d labels over %d days", n, span)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		if _, err := Draw(example(kzt, false)); err != nil {
			b.Fatal(err)
		}
	}
}

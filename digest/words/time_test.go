package words

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var thursday = time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)

func TestDayAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"2015-12-31": "2015-12-31 1", "31.12.2015": "2015-12-31 1", "31/12/2015": "2015-12-31 1", "31-12-2015": "2015-12-31 1", "31.12.15": "2015-12-31 1",
		"2015/12/31": "2015-12-31 1", "2015.12.31": "2015-12-31 1", "20151231": "2015-12-31 1", "31.12.2015г.": "2015-12-31 1", "31.12.2015 г.": "2015-12-31 2",
		"12/31/2015": "2015-12-31 1", "1.9.2015": "2015-09-01 1", "31.12": "2025-12-31 1", "25.11": "2026-11-25 1",
		"1 сентября": "2026-09-01 2", "1 сентября 2015": "2015-09-01 3", "1 сентября 2015 года": "2015-09-01 4", "1-го сентября": "2026-09-01 2", "27 ноября": "2025-11-27 2",
		"September 1": "2026-09-01 2", "Sep 1, 2015": "2015-09-01 3", "1st September 2015": "2015-09-01 3", "1 sep": "2026-09-01 2", "1sep2015": "2015-09-01 1", "1-Sep-2015": "2015-09-01 1",
		"2015 жылғы 1 қыркүйек": "2015-09-01 4", "1 қыркүйек": "2026-09-01 2", "21 тамыз 2015": "2015-08-21 3",
		"2015-yil 1-sentabr": "2015-09-01 2", "1-sentabr": "2026-09-01 1", "1 sentyabr 2015 yil": "2015-09-01 4",
		"1 сентябри соли": "2026-09-01 3", "1-nji sentýabr": "2026-09-01 2", "1-август": "2026-08-01 1", "5-сентябр 2017": "2017-09-05 2",
		"today": "2026-11-26 1", "вчера": "2026-11-25 1", "позавчера": "2026-11-24 1", "the day before yesterday": "2026-11-24 4", "кеше": "2026-11-25 1", "bugun": "2026-11-26 1",
		"29 февраля": "2024-02-29 2",
		"usd":        "", "550": "", "12": "", "2015": "", "сентября": "", "1.2.3.4": "", "1": "", "": "", "марта": "", "в": "",
	} {
		day, n, err := Day(strings.Fields(text), 0, thursday, false)
		got := ""
		if n > 0 {
			got = day.Format(time.DateOnly) + " " + string(rune('0'+n))
		}
		if err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"1 сентября": "2027-09-01", "31.12": "2026-12-31", "tomorrow": "2026-11-27", "26 November": "2026-11-26", "29.02": "2028-02-29"} {
		if day, _, err := Day(strings.Fields(text), 0, thursday, true); err != nil || day.Format(time.DateOnly) != want {
			t.Errorf("the next %q is %s, %v, want %s", text, day, err, want)
		}
	}
}

func TestDayThatDoesNotExist(t *testing.T) {
	for _, text := range []string{"31.02.2015", "2015-02-30", "30 февраля", "2015-13-01", "32.01.2015", "29.02.2015", "0.1.2015", "31 September", "13.13.2015", "2015-00-10", "31/12/0001", "31 ноября 2015 года"} {
		_, n, err := Day(strings.Fields(text), 0, thursday, false)
		misread, ok := errors.AsType[*MisreadError](err)
		if !errors.Is(err, ErrNoSuchDay) || !ok || misread.Word != text || n != len(strings.Fields(text)) {
			t.Errorf("%q: %d words, %v", text, n, err)
		}
	}
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"31.12.2015", "1 сентября 2015 года", "2015 жылғы 1 қыркүйек", "Sep 1,", "29.02", "вчера"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Fields(text)
		for i := range words {
			day, n, err := Day(words, i, thursday, i%2 == 0)
			if n < 0 || i+n > len(words) || err != nil && n == 0 || n > 0 && err == nil && (day.Year() < 1900 || day.Year() > 2200) {
				t.Errorf("%q at %d: %s, %d words, %v", text, i, day, n, err)
			}
		}
	})
}

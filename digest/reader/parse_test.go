package reader

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"habar/digest/words"
)

// shown writes schedules as "08:00 12345 Asia/Almaty", the days as numbers from Monday, 1.
func shown(all []Schedule) string {
	var parts []string
	for _, s := range all {
		days := ""
		for i, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
			if s.Days.On(d) {
				days += fmt.Sprint(i + 1)
			}
		}
		if days == "1234567" {
			days = "daily"
		}
		parts = append(parts, s.Clock()+" "+days+" "+s.Zone.String())
	}
	return strings.Join(parts, ", ")
}

// A schedule is read as people write it, in every language that habar reads.
func TestParseScheduleAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"08:00": "08:00 daily UTC", "8:30": "08:30 daily UTC", "08.00": "08:00 daily UTC", "8": "08:00 daily UTC", "0800": "08:00 daily UTC", "830": "08:30 daily UTC", "8h30": "08:30 daily UTC",
		"8 30": "08:30 daily UTC", "8 00": "08:00 daily UTC", "18 ч": "18:00 daily UTC", "8ч": "08:00 daily UTC", "24:00": "00:00 daily UTC", "0": "00:00 daily UTC", "08:00:00": "08:00 daily UTC",
		"8 утра": "08:00 daily UTC", "8 часов утра": "08:00 daily UTC", "8 вечера": "20:00 daily UTC", "в 8 вечера": "20:00 daily UTC", "утром в 8": "08:00 daily UTC", "2 часа дня": "14:00 daily UTC", "11 ночи": "23:00 daily UTC", "2 ночи": "02:00 daily UTC", "12 ночи": "00:00 daily UTC", "полдень": "12:00 daily UTC",
		"8pm": "20:00 daily UTC", "8 pm": "20:00 daily UTC", "8 p.m.": "20:00 daily UTC", "8:30am": "08:30 daily UTC", "12am": "00:00 daily UTC", "12 pm": "12:00 daily UTC", "8 in the morning": "08:00 daily UTC", "8 o’clock": "08:00 daily UTC", "noon": "12:00 daily UTC", "midnight": "00:00 daily UTC", "every morning at 7": "07:00 daily UTC", "7 every evening": "19:00 daily UTC",
		"таңғы 8": "08:00 daily UTC", "кешкі сағат 8-де": "20:00 daily UTC", "сағат 8": "08:00 daily UTC", "саат 8де": "08:00 daily UTC", "эртең менен 8": "08:00 daily UTC", "кечки 7": "19:00 daily UTC", "соати 8-и саҳар": "", "соати 8 саҳар": "08:00 daily UTC",
		"ertalab 8": "08:00 daily UTC", "soat 8 da": "08:00 daily UTC", "ertalab 8 va kechki 6": "08:00 daily UTC, 18:00 daily UTC", "ertalab 8 kechki 6": "08:00 daily UTC, 18:00 daily UTC", "irden 8": "08:00 daily UTC", "agşam 8": "20:00 daily UTC",
		// places and clocks
		"8:30 Asia/Tashkent": "08:30 daily Asia/Tashkent", "8:00 UTC+5": "08:00 daily Etc/GMT-5", "8 GMT+5": "08:00 daily Etc/GMT-5", "8 UTC +5": "08:00 daily Etc/GMT-5", "8:00 +5": "08:00 daily Etc/GMT-5", "8 UTC+05:30": "08:00 daily Asia/Kolkata", "8 utc-3": "08:00 daily Etc/GMT+3", "8 utc5": "08:00 daily Etc/GMT-5", "8 UTC": "08:00 daily UTC", "8 GMT+0": "08:00 daily UTC",
		"8 МСК": "08:00 daily Europe/Moscow", "8 мск+2": "08:00 daily Etc/GMT-5", "8 Алматы": "08:00 daily Asia/Almaty", "8:00 по Алматы": "08:00 daily Asia/Almaty", "8 по московскому времени": "08:00 daily Europe/Moscow", "8 Душанбе": "08:00 daily Asia/Dushanbe", "8 душанбе": "08:00 daily Asia/Dushanbe",
		"8 new york": "08:00 daily America/New_York", "8 Нью-Йорк": "08:00 daily America/New_York", "Алматы 8:00": "08:00 daily Asia/Almaty", "08:00 toshkent": "08:00 daily Asia/Tashkent", "8 Osh": "08:00 daily Asia/Bishkek", "8 St. Petersburg": "08:00 daily Europe/Moscow", "8 Astana time": "08:00 daily Asia/Almaty", "8 Aşgabat": "08:00 daily Asia/Ashgabat", "8 Бішкек": "08:00 daily Asia/Bishkek", "8 хуҷанд": "08:00 daily Asia/Dushanbe",
		// days
		"08:00 weekdays": "08:00 12345 UTC", "07:15 mon,wed,fri": "07:15 135 UTC", "8 Mon-Fri": "08:00 12345 UTC", "8 mon – fri": "08:00 12345 UTC", "8 from Monday to Friday": "08:00 12345 UTC", "8 on Mondays and Fridays": "08:00 15 UTC", "8 weekends": "08:00 67 UTC", "8 every day": "08:00 daily UTC", "8 fri-mon": "08:00 1567 UTC",
		"8 пн-пт": "08:00 12345 UTC", "8 с пн по пт": "08:00 12345 UTC", "8 с понедельника по пятницу": "08:00 12345 UTC", "8 по будням": "08:00 12345 UTC", "по будням в 8": "08:00 12345 UTC", "8 по рабочим дням": "08:00 12345 UTC", "8 в понедельник и среду": "08:00 13 UTC", "8 сб, вс": "08:00 67 UTC", "8 по выходным": "08:00 67 UTC", "8 каждый день": "08:00 daily UTC", "8 каждый вторник": "08:00 2 UTC", "8 ежедневно": "08:00 daily UTC",
		"8 дүйсенбі-жұма": "08:00 12345 UTC", "8 жұмыс күндері": "08:00 12345 UTC", "8 ар күнү": "08:00 daily UTC", "8 душанбе-ҷумъа": "08:00 12345 UTC", "8 душанбе, чоршанбе": "08:00 13 UTC", "8 dushanba-juma": "08:00 12345 UTC", "8 har kuni": "08:00 daily UTC", "8 ish kunlari": "08:00 12345 UTC", "8 duşenbe-anna": "08:00 12345 UTC",
		// several times
		"8:00 20:00": "08:00 daily UTC, 20:00 daily UTC", "8 и 20": "08:00 daily UTC, 20:00 daily UTC", "08:00, 18:30 пн-пт": "08:00 12345 UTC, 18:30 12345 UTC", "8 20": "08:00 daily UTC, 20:00 daily UTC", "8am and 6pm": "08:00 daily UTC, 18:00 daily UTC", "8 утра и 8 вечера Ташкент": "08:00 daily Asia/Tashkent, 20:00 daily Asia/Tashkent",
		"8 пн-пт, 10 сб": "08:00 12345 UTC, 10:00 6 UTC", "пн-пт 8, сб 10": "08:00 12345 UTC, 10:00 6 UTC", "8 8": "08:00 daily UTC", "mon 8:00 fri": "08:00 15 UTC",
	} {
		all, err := ParseSchedule(text, time.UTC)
		if got := shown(all); got != want || (err != nil) != (want == "") {
			t.Errorf("%q is %q, %v, want %q", text, got, err, want)
		}
	}
}

// What can't be read is told by its true reason, with the word to blame.
func TestParseScheduleTellsWhatIsWrong(t *testing.T) {
	for text, want := range map[string]struct {
		err  error
		word string
	}{
		"25:00": {ErrClock, "25:00"}, "08:60": {ErrClock, "08:60"}, "08:0": {ErrClock, "08:0"}, "-1:00": {ErrClock, "-1:00"}, "13am": {ErrClock, "13am"}, "8-9": {ErrClock, "8-9"}, "12345": {ErrClock, "12345"}, "2460": {ErrClock, "2460"}, "8usd": {ErrClock, "8usd"},
		"08:00 Mars/Base": {ErrZone, "Mars/Base"}, "08:00 ../etc/passwd": {ErrZone, "../etc/passwd"}, "08:00 UTC+99": {ErrZone, "UTC+99"}, "8 UTC+5:17": {ErrZone, "UTC+5:17"}, "8 Almaty Bishkek": {ErrZone, "Bishkek"},
		"08:00 mondey": {ErrScheduleWord, "mondey"}, "08:00 local": {ErrScheduleWord, "local"}, "8 по вторнекам": {ErrScheduleWord, "вторнекам"}, "please": {ErrScheduleWord, "please"},
		"": {ErrNoClock, ""}, "weekdays": {ErrNoClock, ""}, "Алматы": {ErrNoClock, ""}, "вечером": {ErrNoClock, ""}, "понедельник": {ErrNoClock, ""},
		"1 2 3 4 5 6 7 8 9": {ErrTooMany, ""},
	} {
		all, err := ParseSchedule(text, time.UTC)
		word := ""
		if misread, ok := errors.AsType[*words.MisreadError](err); ok {
			word = misread.Word
		}
		if !errors.Is(err, want.err) || word != want.word {
			t.Errorf("ParseSchedule(%q) = %s, %v, want %v of %q", text, shown(all), err, want.err, want.word)
		}
	}
}

func TestParseZone(t *testing.T) {
	for in, want := range map[string]string{
		"Asia/Tashkent": "Asia/Tashkent", "almaty": "Asia/Almaty", "new york": "America/New_York", "utc": "UTC", "UTC+5": "Etc/GMT-5", "+5": "Etc/GMT-5", "Алматы": "Asia/Almaty", "мск": "Europe/Moscow", "Нью-Йорк": "America/New_York", "Etc/GMT-5": "Etc/GMT-5", "America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
	} {
		zone, err := ParseZone(in)
		if err != nil || zone.String() != want {
			t.Errorf("ParseZone(%q) = %v, %v, want %s", in, zone, err, want)
		}
	}
	for _, in := range []string{"", "local", "Mars/Base", "UTC+99", "Алматы Бишкек", "8", strings.Repeat("a", 200)} {
		if zone, err := ParseZone(in); !errors.Is(err, ErrZone) {
			t.Errorf("ParseZone(%q) = %v, %v", in, zone, err)
		}
	}
}

// Every place of the vocabulary is in a zone that exists.
func TestPlacesHaveZones(t *testing.T) {
	for name, places := range words.Section("zone") {
		if zone, err := Zone(name); err != nil {
			t.Errorf("%s: %v", places, err)
		} else if got, err := ParseZone(strings.ReplaceAll(places[0], "=", "")); err != nil || got.String() != zone.String() {
			t.Errorf("%q is in %v, %v, want %s", places[0], got, err, name)
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"08:00 Asia/Tashkent mon,fri", "8 утра и 20:00 по будням", "пн - пт 8.30 UTC+5", "кешкі сағат 8-де", "-", "8h30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseSchedule(text, time.UTC)
		if err == nil && (len(all) == 0 || len(all) > MaxSchedules) {
			t.Fatalf("%q has %d schedules", text, len(all))
		}
		for _, s := range all {
			if s.Minute < 0 || s.Minute > 1439 || s.Days == 0 || s.Zone == nil {
				t.Errorf("ParseSchedule(%q) = %+v", text, s)
			}
		}
		_, _ = ParseQuiet(text)
	})
}

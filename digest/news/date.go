package news

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"habar/digest/words"
)

// zones are the names of time zones that feeds write (RFC 822, 5.1, and those of the region
// and its neighbours), with the IANA zone whose clock they mean: ALMT moved in 2024.
var zones = map[string]string{
	"msk": "Europe/Moscow", "мск": "Europe/Moscow", "almt": "Asia/Almaty", "aqtt": "Asia/Aqtau", "aktt": "Asia/Aqtobe", "uzt": "Asia/Tashkent", "tasht": "Asia/Tashkent",
	"kgt": "Asia/Bishkek", "tjt": "Asia/Dushanbe", "tmt": "Asia/Ashgabat", "yekt": "Asia/Yekaterinburg", "omst": "Asia/Omsk", "pkt": "Asia/Karachi", "aft": "Asia/Kabul",
	"irst": "Asia/Tehran", "ist": "Asia/Kolkata", "azt": "Asia/Baku", "get": "Asia/Tbilisi", "trt": "Europe/Istanbul", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
	"eet": "Europe/Kyiv", "eest": "Europe/Kyiv", "bst": "Europe/London", "hkt": "Asia/Hong_Kong", "kst": "Asia/Seoul", "jst": "Asia/Tokyo",
	"est": "-0500", "edt": "-0400", "cst": "-0600", "cdt": "-0500", "mst": "-0700", "mdt": "-0600", "pst": "-0800", "pdt": "-0700",
	"gmt": "+0000", "utc": "+0000", "ut": "+0000", "z": "+0000",
}

// months finds the month that a word names, in every language of the vocabulary.
var months = sync.OnceValue(func() *words.Matcher {
	all := map[string][]string{}
	for _, section := range []string{"month", "month.typed"} {
		for month, list := range words.Section(section) {
			all[month] = append(all[month], list...)
		}
	}
	return words.NewMatcher(all)
})

var (
	yearFirst = regexp.MustCompile(`\b(\d{4})[-./](\d{1,2})[-./](\d{1,2})`)
	dayFirst  = regexp.MustCompile(`\b(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})\b`)
	clockTime = regexp.MustCompile(`(?:\b|t)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?m\b\.?)?`)
	offset    = regexp.MustCompile(`^\s*(?:gmt|utc)?\s*([+\-−])(\d{1,2}):?(\d{2})?\b`)
	dateWords = regexp.MustCompile(`\p{L}+|\d+`)
)

// maxDate is the longest date that is looked at, in bytes.
const maxDate = 100

// parseDate reads a date as feeds and pages write it, however loosely: by RFC 822 or ISO
// 8601, with or without seconds, weekday and zone, months by name in any language of the
// region. A time without a zone is local's. A day without a time is its noon in UTC, within
// twelve hours of whatever was meant.
func parseDate(raw string, local *time.Location) (t time.Time, ok bool) {
	if len(raw) > maxDate {
		return t, false
	}
	s := strings.ToLower(strings.TrimSpace(raw))
	y, m, d, ok := dayOf(s)
	if !ok {
		return t, false
	}
	at := clockTime.FindStringSubmatchIndex(s)
	if at == nil {
		t = time.Date(y, time.Month(m), d, 12, 0, 0, 0, time.UTC)
		return t, t.Day() == d
	}
	part := func(k int) int {
		if at[2*k] < 0 {
			return 0
		}
		n, _ := strconv.Atoi(s[at[2*k]:at[2*k+1]]) // digits
		return n
	}
	hour := part(1)
	if at[8] >= 0 {
		hour %= 12
		if s[at[8]] == 'p' {
			hour += 12
		}
	}
	if hour > 24 || part(2) > 59 || part(3) > 60 {
		return t, false
	}
	t = time.Date(y, time.Month(m), d, hour, part(2), part(3), 0, zoneOf(s[at[1]:], local))
	return t, time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() == d
}

// dayOf finds the day in a date.
func dayOf(s string) (y, m, d int, ok bool) {
	num := func(text string) int { n, _ := strconv.Atoi(text); return n }
	if p := yearFirst.FindStringSubmatch(s); p != nil {
		y, m, d = num(p[1]), num(p[2]), num(p[3])
	} else if p := dayFirst.FindStringSubmatch(s); p != nil {
		d, m, y = num(p[1]), num(p[2]), num(p[3])
		if m > 12 && d <= 12 { // as in the United States
			d, m = m, d
		}
	} else if d, m, y = named(s); m == 0 {
		return 0, 0, 0, false
	}
	if y < 100 {
		y += 2000
	}
	return y, m, d, y >= 1990 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// named reads a day whose month has a name: "15 декабря 2024", "Jan 23 2018".
func named(s string) (d, m, y int) {
	if at := clockTime.FindStringIndex(s); at != nil { // its figures are no days
		s = s[:at[0]] + " : " + s[at[1]:]
	}
	all := dateWords.FindAllString(s, 12)
	for i, w := range all {
		name, ok := months().Of(w)
		if !ok {
			continue
		}
		n, _ := strconv.Atoi(name)
		day := func(k int) bool {
			if k < 0 || k >= len(all) || len(all[k]) > 2 || all[k][0] > '9' {
				return false
			}
			d, _ = strconv.Atoi(all[k])
			return d > 0
		}
		if !day(i-1) && !day(i+1) {
			continue
		}
		for _, w := range all {
			if len(w) == 4 && w[0] <= '9' {
				y, _ = strconv.Atoi(w)
				return d, n, y
			}
		}
		if i+1 < len(all) && i > 0 && len(all[i+1]) == 2 && all[i+1][0] <= '9' && len(all[i-1]) <= 2 { // 02 Jan 06
			y, _ = strconv.Atoi(all[i+1])
			return d, n, y
		}
		return 0, 0, 0
	}
	return 0, 0, 0
}

// zoneOf returns the zone that is named behind the time, else local.
func zoneOf(behind string, local *time.Location) *time.Location {
	if p := offset.FindStringSubmatch(behind); p != nil {
		return fixed(p[1], p[2], p[3], local)
	}
	for _, w := range dateWords.FindAllString(behind, 3) {
		name, ok := zones[w]
		switch {
		case !ok:
		case name[0] == '+' || name[0] == '-':
			return fixed(name[:1], name[1:3], name[3:], local)
		default:
			if loc, err := time.LoadLocation(name); err == nil {
				return loc
			}
		}
	}
	return local
}

func fixed(sign, hours, minutes string, local *time.Location) *time.Location {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi("0" + minutes)
	if h > 14 || m > 59 {
		return local
	}
	seconds := (h*60 + m) * 60
	if sign != "+" {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}

// dateFillers are words that stand in a line that says nothing but when.
var dateFillers = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`published updated posted added created last modified on date of at the and am pm a p m st nd rd th
		опубликовано опубликована опубликован обновлено добавлено создано дата время публикации и в от г гг год года ж жыл жылы жылғы жылдын жарияланды жарыяланды
		yil yili й йил йили chop etildi yangilandi ýyl нашр шуд соли сол`) {
		m[w] = true
	}
	return m
}()

// DayLine reads a line that says nothing but when something was published or changed
// ("Published Jan 23, 2024 12:49 pm", "8 декабря 2025 года") and returns that day, midnight UTC.
func DayLine(line string) (time.Time, bool) {
	t, ok := parseDate(line, time.UTC)
	if !ok {
		return time.Time{}, false
	}
	for _, w := range dateWords.FindAllString(strings.ToLower(line), -1) {
		if words.IsNumber(w) || dateFillers[w] || zones[w] != "" {
			continue
		}
		_, month := months().Of(w)
		if _, weekday := words.Weekday(w); !month && !weekday {
			return time.Time{}, false
		}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true
}

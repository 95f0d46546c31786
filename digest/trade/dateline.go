package trade

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	dayISO     = regexp.MustCompile(`\b(20\d\d)-(\d\d)-(\d\d)\b`)
	dayPoints  = regexp.MustCompile(`\b(\d{1,2})\.(\d\d)\.(20\d\d)\b`)
	dayMonth   = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(\p{L}{3,9}),?\s+(20\d\d)\b`)
	monthDay   = regexp.MustCompile(`(?i)\b(\p{L}{3,9})\s+(\d{1,2}),?\s+(20\d\d)\b`)
	yearAlone  = regexp.MustCompile(`\b(20\d\d)\b`)
	mostInText = 40 // dates that are looked at
)

// DateOf guesses the day of an article that comes without one: the latest full date in
// its text that is not to come, else the end of the latest year that it names, where
// that is over, else today; zero where it names no year at all, so that nobody takes the
// clock's year for its own.
func DateOf(text string, today time.Time) time.Time {
	var latest time.Time
	take := func(y, m, d string) {
		year, month, day := number(y), number(m), number(d)
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if month >= 1 && month <= 12 && t.Day() == day && !t.After(today) && t.After(latest) {
			latest = t
		}
	}
	for _, m := range dayISO.FindAllStringSubmatch(text, mostInText) {
		take(m[1], m[2], m[3])
	}
	for _, m := range dayPoints.FindAllStringSubmatch(text, mostInText) {
		take(m[3], m[2], m[1])
	}
	for _, m := range dayMonth.FindAllStringSubmatch(text, mostInText) {
		take(m[3], strconv.Itoa(named(m[2])), m[1])
	}
	for _, m := range monthDay.FindAllStringSubmatch(text, mostInText) {
		take(m[3], strconv.Itoa(named(m[1])), m[2])
	}
	year := 0
	for _, m := range yearAlone.FindAllStringSubmatch(text, mostInText) {
		if y := number(m[1]); y <= today.Year() {
			year = max(year, y)
		}
	}
	switch {
	case !latest.IsZero() && latest.Year() >= year:
		return latest
	case year > 0 && year < today.Year():
		return time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC)
	case year == 0:
		return time.Time{}
	}
	return today
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func named(s string) int { return lexiconOf("en").monthName(strings.ToLower(s)) }

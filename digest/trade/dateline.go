package trade

import (
	"regexp"
	"slices"
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

// DateOf guesses the day of an article that comes without one: the full date that it begins
// with, else the latest in its text that is not to come, else the end of the latest year
// that it tells of, where that is over, else today. A year of which it only says that
// something was compared with it, or that came to its end while "this year" goes on, is the
// one before. Years of plans do not count. It is zero where no year is named at all, so that
// nobody takes the clock's year for the article's own.
func DateOf(text string, today time.Time) time.Time {
	if all := datesIn(text[:min(len(text), leadBytes)], today); len(all) > 0 {
		return slices.MinFunc(all, func(a, b dayIn) int { return a.at - b.at }).Time
	}
	var latest time.Time
	if all := datesIn(text, today); len(all) > 0 {
		latest = slices.MaxFunc(all, func(a, b dayIn) int { return a.Compare(b.Time) }).Time
	}
	year := yearOf(text, today.Year())
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

// leadBytes is where the day of an article stands that begins with it.
const leadBytes = 240

// A dayIn is a full date in a text, and where it stands.
type dayIn struct {
	time.Time

	at int
}

// datesIn returns the full dates in a text that are not to come.
func datesIn(text string, today time.Time) (all []dayIn) {
	take := func(at int, y, m, d string) {
		year, month, day := number(y), number(m), number(d)
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if month >= 1 && month <= 12 && t.Day() == day && !t.After(today) {
			all = append(all, dayIn{t, at})
		}
	}
	each := func(form *regexp.Regexp, take func(at int, part []string)) {
		for _, m := range form.FindAllStringSubmatchIndex(text, mostInText) {
			take(m[0], []string{text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]})
		}
	}
	each(dayISO, func(at int, p []string) { take(at, p[0], p[1], p[2]) })
	each(dayPoints, func(at int, p []string) { take(at, p[2], p[1], p[0]) })
	each(dayMonth, func(at int, p []string) { take(at, p[2], strconv.Itoa(named(p[1])), p[0]) })
	each(monthDay, func(at int, p []string) { take(at, p[2], strconv.Itoa(named(p[0])), p[1]) })
	return all
}

// yearOf returns the year in which an article was written, as far as the years say that it names and
// that are not after a last one; 0 where it names none.
func yearOf(text string, last int) int {
	v := lexiconOf(languageOf(text))
	told, planned := map[int]bool{}, 0
	thisYear, months, within := false, false, map[int]bool{} // what is spoken of; months of which years are told
	for line := range strings.SplitSeq(text, "\n") {
		sentences, _ := v.sentencesOf(line)
		for _, one := range sentences {
			s := &sentence{tokens: v.lex(one)}
			for i, t := range s.tokens {
				if t.kind != period {
					continue
				}
				w := t.when
				switch y := w.year; {
				case y == 0:
					thisYear = thisYear || w.rel == relThis || w.rel == relStart
					months = months || w.rel == relNone && w.part
				case y > last:
				case !w.part && s.plans(i):
					planned = max(planned, y)
				case s.compared(i) || w.rel == relSame:
					told[y] = told[y] || false
				default:
					told[y] = true
					within[y] = within[y] || w.part && (w.first != 1 || w.last != 12)
				}
			}
		}
	}
	year := 0
	for y := range told {
		year = max(year, y)
	}
	switch {
	case year == 0 && planned == 0:
		for _, m := range yearAlone.FindAllStringSubmatch(text, mostInText) { // of a day that is none
			if y := number(m[1]); y <= last {
				year = max(year, y)
			}
		}
		return year
	case year == 0:
		return planned
	case year < last && (!told[year] && (thisYear || months) || !within[year] && thisYear):
		return year + 1
	}
	return year
}

// plans reports whether the period at i is one that is to come.
func (s *sentence) plans(i int) bool {
	for _, t := range s.tokens[max(0, i-8):i] {
		if t.cues.has(cuePlan) || t.cues.has(cueGoal) {
			return true
		}
	}
	return false
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func named(s string) int { return lexiconOf("en").monthName(strings.ToLower(s)) }

package words

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A MisreadError names the word of a text that is wrong; Unwrap says why.
type MisreadError struct {
	Word   string // as it was typed
	Reason error
}

func (e *MisreadError) Error() string { return fmt.Sprintf("%q: %v", e.Word, e.Reason) }

func (e *MisreadError) Unwrap() error { return e.Reason }

// How many letters the endings of a month's name may have: "сентябре", and in languages
// that string them together "апрелиндеги".
const (
	maxEnding  = 2
	maxEndings = 9
)

// Month returns the month that a word names, in any form of the reader's languages; 0 for
// none.
func (r *Reader) Month(word string) time.Month { return monthIn(r.month, word, r.ending) }

func monthIn(m *Matcher, word string, ending int) time.Month {
	month := 0
	m.fitting([]string{word}, 0, func(e entry) {
		if utf8.RuneCountInString(word) <= utf8.RuneCountInString(e.parts[0].text)+ending {
			month, _ = strconv.Atoi(e.name) // a test holds the section's keys
		}
	})
	return time.Month(month)
}

// A calendar is what people type for days, in every language.
type calendar struct {
	month, short, weekday, day *Matcher
}

var calendars = sync.OnceValue(func() calendar {
	return calendar{Match("month"), Match("month.typed"), Match("weekday"), Match("day")}
})

// Weekday returns the day of the week that a word stands for in any language: "mon", "пн",
// "пятницам".
func Weekday(word string) (time.Weekday, bool) {
	name, found := calendars().weekday.Longest([]string{strings.ToLower(word)}, 0)
	n, err := strconv.Atoi(name)
	return time.Weekday(n), found > 0 && err == nil
}

// ErrNoSuchDay says that the calendar has no such day: 31 February.
var ErrNoSuchDay = errors.New("there is no such day")

// Forms of a date in one word, and of what stands in a date of several.
var (
	dayFirst  = regexp.MustCompile(`^(\d{1,2})([./-])(\d{1,2})(?:[./-](\d{4}|\d{2})(?:г|ж|й)?)?$`)
	yearFirst = regexp.MustCompile(`^(\d{4})[./-](\d{1,2})[./-](\d{1,2})$`)
	compact   = regexp.MustCompile(`^((?:19|20)\d\d)(\d\d)(\d\d)$`)
	dayNumber = regexp.MustCompile(`^(\d{1,2})(?:-?\p{L}{1,4})?$`)
	yearWord  = regexp.MustCompile(`^((?:19|20)\d\d)(?:-?(\p{L}+))?$`)
	fused     = regexp.MustCompile(`^(\d{1,2})-?(\p{L}{3,}?)(?:-?(\d{4}))?$`) // "1-sentabr", "1sep", "1-sep-2015"
)

// Day reads the day that words from i on name, as midnight UTC, and how many words that
// takes; 0 where no day is named. It reads "2015-12-31", "31.12.2015", "31/12/15", "31.12",
// "1 сентября 2015 года", "September 1, 2015", "2015 жылғы 1 қыркүйек", "вчера". The day
// comes before the month, but where only the other way is a day ("12/31/2015"). Without a
// year it is the last such day up to today, or, for what is to come, the next from today
// on. A day that does not exist is a MisreadError of ErrNoSuchDay.
func Day(words []string, i int, today time.Time, future bool) (day time.Time, n int, err error) {
	p := dayReader{words: words[i:], today: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC), future: future}
	for _, read := range []func() bool{p.said, p.numeric, p.named, p.yearAhead} {
		p.y, p.m, p.d, p.n = 0, 0, 0, 0
		if read() {
			day, ok := p.date()
			if !ok {
				err = &MisreadError{strings.Join(words[i:i+p.n], " "), ErrNoSuchDay}
			}
			return day, p.n, err
		}
	}
	return time.Time{}, 0, nil
}

// A dayReader reads one date. Its fields y, m and d are what was read; a year of 0 is none.
type dayReader struct {
	words  []string
	today  time.Time
	future bool

	y, m, d, n int
}

// word returns a word in lower case, without the marks that end it; "" past the end.
func (p *dayReader) word(i int) string {
	if i >= len(p.words) {
		return ""
	}
	return strings.Trim(strings.ToLower(p.words[i]), ".,;!?")
}

// said reads "today", "вчера".
func (p *dayReader) said() bool {
	lower := make([]string, 0, 4)
	for i := range min(len(p.words), 4) {
		lower = append(lower, p.word(i))
	}
	name, n := calendars().day.Longest(lower, 0)
	ago, known := map[string]int{"0": 0, "1": 1, "before": 2, "tomorrow": -1}[name]
	if !known {
		return false
	}
	at := p.today.AddDate(0, 0, -ago)
	p.y, p.m, p.d, p.n = at.Year(), int(at.Month()), at.Day(), n
	return true
}

func (p *dayReader) numeric() bool {
	w := p.word(0)
	p.n = 1
	switch f := dayFirst.FindStringSubmatch(w); {
	case f != nil:
		p.d, p.m = number(f[1]), number(f[3])
		if p.y = number(f[4]); len(f[4]) == 2 {
			p.y += 2000
		}
		if p.m > 12 && p.d <= 12 && f[2] == "/" {
			p.d, p.m = p.m, p.d
		}
		p.yearWord()
		return true
	}
	for _, form := range []*regexp.Regexp{yearFirst, compact} {
		if f := form.FindStringSubmatch(w); f != nil {
			p.y, p.m, p.d = number(f[1]), number(f[2]), number(f[3])
			return true
		}
	}
	return false
}

// named reads "1 сентября 2015 года", "September 1, 2015", "1-sentabr".
func (p *dayReader) named() bool {
	if f := fused.FindStringSubmatch(p.word(0)); f != nil && monthTyped(f[2]) > 0 {
		p.d, p.m, p.y, p.n = number(f[1]), monthTyped(f[2]), number(f[3]), 1
	} else if f := dayNumber.FindStringSubmatch(p.word(0)); f != nil && monthTyped(p.word(1)) > 0 {
		p.d, p.m, p.n = number(f[1]), monthTyped(p.word(1)), 2
	} else if f := dayNumber.FindStringSubmatch(p.word(1)); f != nil && monthTyped(p.word(0)) > 0 {
		p.d, p.m, p.n = number(f[1]), monthTyped(p.word(0)), 2
	} else {
		return false
	}
	if f := yearWord.FindStringSubmatch(p.word(p.n)); p.y == 0 && f != nil {
		p.y = number(f[1])
		p.n++
	}
	p.yearWord()
	return true
}

// yearAhead reads "2015 жылғы 1 қыркүйек", "2015-yil 1-sentabr".
func (p *dayReader) yearAhead() bool {
	f := yearWord.FindStringSubmatch(p.word(0))
	if f == nil {
		return false
	}
	p.n = 1
	p.yearWord()
	rest := dayReader{words: p.words[p.n:]}
	if !rest.named() || rest.y != 0 {
		return false
	}
	p.y, p.m, p.d, p.n = number(f[1]), rest.m, rest.d, p.n+rest.n
	return true
}

// yearWord passes over "года" behind a year.
func (p *dayReader) yearWord() {
	if name, n := calendars().day.Longest([]string{p.word(p.n)}, 0); p.n < len(p.words) && n > 0 && name == "year" {
		p.n++
	}
}

// date returns the day that was read, and false where there is none such.
func (p *dayReader) date() (time.Time, bool) {
	exists := func(y int) (time.Time, bool) {
		t := time.Date(y, time.Month(p.m), p.d, 0, 0, 0, 0, time.UTC)
		return t, p.d > 0 && int(t.Month()) == p.m && t.Day() == p.d
	}
	if p.y != 0 {
		t, ok := exists(p.y)
		return t, ok && p.y >= 1900 && p.y < 2200
	}
	step := -1
	if p.future {
		step = 1
	}
	for y := range 9 { // 29 February is in every fourth year, and was not in 1900
		t, ok := exists(p.today.Year() + step*y)
		if ok && (p.future && !t.Before(p.today) || !p.future && !t.After(p.today)) {
			return t, true
		}
	}
	return time.Time{}, false
}

func monthTyped(word string) int {
	if word == "" {
		return 0
	}
	if m := monthIn(calendars().month, word, maxEnding); m > 0 {
		return int(m)
	}
	name, _ := calendars().short.Longest([]string{word}, 0)
	return number(name)
}

// number returns the value of a few digits; 0 for none.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// JoinsDay reports whether a word only stands around a day: "on", "за", "курс".
func JoinsDay(word string) bool {
	name, n := calendars().day.Longest([]string{strings.ToLower(word)}, 0)
	return n > 0 && (name == "filler" || name == "year")
}

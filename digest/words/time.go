package words

import (
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// maxEnding is how many letters the ending of a month's name may have: "сентябре".
const maxEnding = 2

// Month returns the month that a word names, in any form of the reader's languages; 0 for
// none.
func (r *Reader) Month(word string) time.Month {
	month := 0
	r.month.fitting([]string{word}, 0, func(e entry) {
		if utf8.RuneCountInString(word) <= utf8.RuneCountInString(e.parts[0].text)+maxEnding {
			month, _ = strconv.Atoi(e.name) // a test holds the section's keys
		}
	})
	return time.Month(month)
}

var weekdays = sync.OnceValue(func() map[string]string { return Lookup("weekday") })

// Weekday returns the day of the week that a word stands for in any language: "mon", "пн".
func Weekday(word string) (time.Weekday, bool) {
	n, err := strconv.Atoi(weekdays()[strings.ToLower(word)])
	return time.Weekday(n), err == nil
}

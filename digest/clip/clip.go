// Package clip cuts text that comes from outside to a length, never inside a character.
package clip

import (
	"strings"
	"unicode/utf8"
)

const ellipsis = "…"

// Runes cuts a text to at most n characters, the last of which is then an ellipsis.
func Runes(s string, n int) string {
	switch _, longer := offset(s, n); {
	case !longer:
		return s
	case n < 1:
		return ""
	}
	end, _ := offset(s, n-1)
	return s[:end] + ellipsis
}

// Words cuts a text after at most n characters, at a space where there is one, and puts
// an ellipsis behind it.
func Words(s string, n int) string {
	end, ok := offset(s, n)
	if !ok {
		return s
	}
	short := s[:end]
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		short = short[:i]
	}
	return short + ellipsis
}

// Bytes cuts a text to at most n bytes.
func Bytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// offset returns where character number n begins, and false for a text that has no more
// than n of them.
func offset(s string, n int) (int, bool) {
	if len(s) <= n {
		return 0, false
	}
	count := 0
	for i := range s {
		if count == n {
			return i, true
		}
		count++
	}
	return 0, false
}

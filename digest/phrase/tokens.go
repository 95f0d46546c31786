package phrase

import (
	"strings"
	"unicode"
)

type kind int

const (
	figures kind = iota + 1
	word
	mark // any other single character
)

type token struct {
	kind  kind
	text  string // lower case, apostrophes as '
	small bool   // not written in capitals
	glued bool   // nothing stands between it and the token before
}

// tokens cuts a phrase where digits, letters and signs meet. What no eye sees, and
// emoji, are passed over.
func tokens(text string) []token {
	var all []token
	r := []rune(text)
	glued := false
	for i := 0; i < len(r); {
		from := i
		switch {
		case unicode.IsSpace(r[i]), unicode.Is(unicode.Cf, r[i]), unicode.Is(unicode.So, r[i]), unicode.Is(unicode.Mn, r[i]), unicode.Is(unicode.Sk, r[i]):
			i, glued = i+1, false
			continue
		case isDigit(r[i]):
			i = endOfFigures(r, i)
			all = append(all, token{kind: figures, text: string(r[from:i]), glued: glued})
		case unicode.IsLetter(r[i]):
			i = endOfWord(r, i)
			w := string(r[from:i])
			all = append(all, token{kind: word, text: strings.ToLower(w), small: w != strings.ToUpper(w), glued: glued})
		default:
			i++
			all = append(all, token{kind: mark, text: string(r[from:i]), glued: glued})
		}
		glued = true
	}
	return all
}

// endOfWord returns where the word that begins at i ends, and writes its apostrophes alike.
func endOfWord(r []rune, i int) int {
	for ; i < len(r); i++ {
		if isApostrophe(r[i]) && i+1 < len(r) && unicode.IsLetter(r[i+1]) {
			r[i] = '\''
		} else if !unicode.IsLetter(r[i]) && !unicode.IsMark(r[i]) {
			break
		}
	}
	return i
}

// endOfFigures returns where the number that begins at i ends. A space belongs to it
// only before a group of exactly three digits.
func endOfFigures(r []rune, i int) int {
	for i < len(r) {
		switch {
		case isDigit(r[i]):
			i++
		case (r[i] == '.' || r[i] == ',') && i+1 < len(r) && isDigit(r[i+1]),
			(unicode.IsSpace(r[i]) || isApostrophe(r[i])) && isGroup(r, i+1):
			i++
		default:
			return i
		}
	}
	return i
}

func isGroup(r []rune, i int) bool {
	return i+3 <= len(r) && isDigit(r[i]) && isDigit(r[i+1]) && isDigit(r[i+2]) && (i+3 == len(r) || !isDigit(r[i+3]))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʻʼ`", r) }

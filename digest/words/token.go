package words

import (
	"strings"
	"unicode"
)

// A Kind says what a token is made of.
type Kind int8

// The kinds of tokens.
const (
	Figures Kind = iota + 1 // "1 000,50"
	Word
	Mark // any other single character
)

// A Token is a piece of what somebody typed.
type Token struct {
	Kind  Kind
	Text  string // lower case, apostrophes as '
	Small bool   // not written in capitals
	Glued bool   // nothing stands between it and the token before
}

// apostrophes are what people type for the one of the Uzbek letters o‘ and g‘.
var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʻ", "'", "ʼ", "'", "`", "'")

// Straight writes every apostrophe as the vocabulary has it.
func Straight(text string) string { return apostrophes.Replace(text) }

// Tokens cuts a text where digits, letters and signs meet. What no eye sees, and emoji,
// are passed over.
func Tokens(text string) []Token {
	var all []Token
	r := []rune(text)
	glued := false
	for i := 0; i < len(r); {
		from := i
		switch {
		case unicode.IsSpace(r[i]), unicode.Is(unicode.Cf, r[i]), unicode.Is(unicode.So, r[i]), unicode.Is(unicode.Mn, r[i]), unicode.Is(unicode.Sk, r[i]):
			i, glued = i+1, false
			continue
		case isDigit(r[i]), isFraction(r, i):
			i = endOfFigures(r, i)
			all = append(all, Token{Kind: Figures, Text: string(r[from:i]), Glued: glued})
		case unicode.IsLetter(r[i]):
			i = endOfWord(r, i)
			w := string(r[from:i])
			all = append(all, Token{Kind: Word, Text: strings.ToLower(w), Small: w != strings.ToUpper(w), Glued: glued})
		default:
			i++
			all = append(all, Token{Kind: Mark, Text: string(r[from:i]), Glued: glued})
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

// isFraction reports whether a number begins at i with its decimal mark: ".5".
func isFraction(r []rune, i int) bool {
	return (r[i] == '.' || r[i] == ',') && i+1 < len(r) && isDigit(r[i+1]) && (i == 0 || !isDigit(r[i-1]) && !unicode.IsLetter(r[i-1]))
}

func isGroup(r []rune, i int) bool {
	return i+3 <= len(r) && isDigit(r[i]) && isDigit(r[i+1]) && isDigit(r[i+2]) && (i+3 == len(r) || !isDigit(r[i+3]))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʻʼ`", r) }

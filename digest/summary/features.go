package summary

import "strings"

// nFeatures is how many features a sentence has.
const nFeatures = 22

// What sentences begin with, or hold, that is told of them.
var (
	reporting  = []string{" said", " told ", " reports", " reported", "according to", "announced", "сообщ", "заявил", "рассказал", "передает", "передаёт", "отметил", "по данным", "пишет"}
	connectors = []string{
		"however", "but ", "meanwhile", "also", "in addition", "moreover", "earlier", "later", "for example", "at the same time", "кроме того", "также", "при этом", "однако",
		"между тем", "ранее", "например", "в свою очередь", "по его ", "по ее ", "по её ", "по их ", "об этом", "так,", "таким образом", "отметим", "согласно", "стоит",
	}
	days = []string{
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "понедельник", "вторник", " среду", "четверг", "пятниц", "суббот", "воскресень", "сегодня", "today",
		"вчера", "yesterday", " января", " февраля", " марта", " апреля", " мая", " июня", " июля", " августа", " сентября", " октября", " ноября", " декабря",
		"january ", "february ", "march ", "april ", "june ", "july ", "august ", "september ", "october ", "november ", "december ",
	}
)

func holds(text string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

func beginsWith(text string, parts []string) bool {
	for _, p := range parts {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// isQuestion reports whether a sentence asks.
func isQuestion(text string) bool {
	return strings.HasSuffix(strings.TrimRight(text, `"»”’)`), "?")
}

// featuresOf returns what speaks for and against a sentence: where it stands, what it shares
// with title and text, what it holds, and what it leans on.
func featuresOf(s sentence, i, n int, title, central float64) (f [nFeatures]float64) {
	bit := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	low := s.low
	f[0] = 1 / (1 + 0.35*float64(i))
	f[1] = bit(i == 0)
	f[2] = bit(i == 1)
	f[3] = bit(i < 4)
	f[4] = bit(s.first)
	f[5] = bit(s.paragraph < 2)
	f[6] = min(title, 1)
	f[7] = min(central, 1)
	f[8] = float64(min(s.figures, 3)) / 3
	f[9] = float64(min(s.names, 4)) / 4
	f[10] = bit(s.length > 240)
	f[11] = bit(s.length < 60)
	f[12] = bit(s.length < 35)
	f[13] = bit(s.leans)
	f[14] = bit(beginsWith(low, connectors))
	f[15] = bit(isQuestion(s.text))
	f[16] = bit(s.credit)
	f[17] = bit(holds(low, reporting))
	f[18] = bit(holds(low, days))
	f[19] = bit(strings.ContainsAny(s.text, "«“\""))
	f[20] = float64(i) / float64(max(1, n-1))
	f[21] = bit(title > 0.5)
	return f
}

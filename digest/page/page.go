// Package page reads saved pages of a news site: a ticker of rates that repeats, a
// date, and articles in full, as text. Where a story begins is decided by evidence in
// the text alone; headings.go says which. What becomes of rates and stories is the
// desk's.
package page

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"habar/digest/news"
	"habar/digest/rates"
)

// A Page is what a saved page holds.
type Page struct {
	Date    time.Time // of the page, midnight UTC; zero when it has none
	Rates   []Rate    // each pair of the ticker once, in the order of the page
	Stories []Story   // in the order of the page; a page may have none
}

// A Rate is a line of the ticker: the price of one Base in Quote, with the page's digits.
type Rate struct {
	rates.Pair
	Value         string // decimal, as on the page
	ChangePercent string // decimal, since the day before; never "-0"
}

// A Story is an article that stands on the page with its text.
type Story struct {
	Title string
	Date  time.Time // its own, where the page gives one; else zero
	Text  string    // paragraphs and section headings, separated by empty lines
}

// What can be wrong with a file.
var (
	ErrNotText  = errors.New("not a text file")
	ErrNoTicker = errors.New("no ticker of rates such as \"KZT/USD = 0.00196 -0%\" at its head, so it is not a saved news page")
	ErrTooLarge = fmt.Errorf("larger than %d MiB", MaxSize>>20)
)

// MaxSize is the size in bytes past which a page is refused.
const MaxSize = 5 << 20

// maxDateLine is the longest line that may be a date, in bytes.
const maxDateLine = 90

// The lines that a page is made of besides text.
var (
	tickerLine = regexp.MustCompile(`^(?:[•·*-]\s*)?([A-Z]{3})/([A-Z]{3})\s*=\s*([0-9]{1,12}(?:\.[0-9]{1,12})?)\s*(?:([+-]?[0-9]{1,4}(?:\.[0-9]{1,4})?)\s*%)?$`)
	resultLine = regexp.MustCompile(`^(?i:viewing results?) ([0-9,]+)\s*[-–—]\s*([0-9,]+) of ([0-9,]+)$`)
	creditLine = regexp.MustCompile(`^(?i:image|photo|images|cover image|source image|фото|изображение)\s*(?i:credit|by|из открытых источников)?\s*:`)
	moreLine   = regexp.MustCompile(`^(?i:(?:other|more|latest|related|popular|top) (?:news|stories|articles|posts)|more (?:from|on) .{1,60}|related|read (?:also|more|next)|see also|most (?:read|popular)|recommended|you may also like|другие новости|другие материалы|последние новости|главные новости|новости по теме|материалы по теме|по теме|ещё по теме|еще по теме|похожие (?:новости|материалы|статьи)|читайте также|читать также|читайте далее|популярное|рекомендуем|басқа жаңалықтар|тағы оқыңыз|башка жаңылыктар|boshqa yangiliklar|mavzuga oid)\s*:?$`)
)

// Read reads a page. It trusts nothing in it.
func Read(body []byte) (Page, error) {
	switch {
	case len(body) > MaxSize:
		return Page{}, ErrTooLarge
	case !utf8.Valid(body) || strings.ContainsRune(string(body), 0):
		return Page{}, ErrNotText
	}
	var (
		p      Page
		lines  []line
		claims int // how many results the page says that it shows; 0: it does not say
		seen   = map[rates.Pair]bool{}
	)
	for raw := range strings.Lines(strings.TrimPrefix(string(body), "\ufeff")) {
		text := strings.Join(strings.Fields(raw), " ")
		switch {
		case text == "" || creditLine.MatchString(text):
		case tickerLine.MatchString(text):
			if r, ok := readTicker(text); ok && !seen[r.Pair] {
				seen[r.Pair] = true
				p.Rates = append(p.Rates, r)
			}
		case resultLine.MatchString(text):
			claims = readResults(text)
		default:
			lines = append(lines, line{text: text, date: readDate(text), more: moreLine.MatchString(text)})
		}
	}
	if len(p.Rates) == 0 {
		return Page{}, ErrNoTicker
	}
	if len(lines) > 0 && !lines[0].date.IsZero() {
		p.Date = lines[0].date
		lines = lines[1:]
	}
	p.Stories = split(lines, claims)
	return p, nil
}

// A line is one paragraph, heading or date.
type line struct {
	text string
	date time.Time // set when the line is nothing but a date
	more bool      // it is the heading of a list of other stories
}

func readTicker(text string) (Rate, bool) {
	m := tickerLine.FindStringSubmatch(text)
	base, err := rates.ParseCurrency(m[1])
	if err != nil {
		return Rate{}, false
	}
	quote, err := rates.ParseCurrency(m[2])
	if err != nil || base == quote {
		return Rate{}, false
	}
	return Rate{Pair: rates.Pair{Base: base, Quote: quote}, Value: m[3], ChangePercent: plainPercent(m[4])}, true
}

// plainPercent writes a change without a plus, and nothing at all as "0".
func plainPercent(s string) string {
	s = strings.TrimPrefix(s, "+")
	if strings.Trim(s, "-0.") == "" {
		return "0"
	}
	return s
}

func readDate(text string) time.Time {
	if len(text) > maxDateLine {
		return time.Time{}
	}
	day, _ := news.DayLine(text) // zero where it is more than a day
	return day
}

func readResults(text string) int {
	m := resultLine.FindStringSubmatch(text)
	var n [2]int
	for i := range n {
		for _, r := range m[i+1] {
			if r != ',' && n[i] < 1e8 {
				n[i] = n[i]*10 + int(r-'0')
			}
		}
	}
	return min(max(n[1]-n[0]+1, 0), 1000)
}

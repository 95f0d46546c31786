package alert

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/phrase"
	"habar/digest/rates"
)

// What can be wrong with the words of an alert.
var (
	ErrForm    = errors.New("an alert needs a pair and a level or a percentage")
	ErrLevel   = errors.New("the level is not a positive number")
	ErrEqual   = errors.New("the level is the present rate")
	ErrUntil   = errors.New("the last day is not a day to come")
	ErrTooMany = errors.New("the chat has as many alerts as it may have")
	ErrPercent = errors.New("the percentage is not one that a rate can move by")
	ErrWindow  = errors.New("a percentage is over 1, 7 or 30 days, or from now")
)

// The bounds of a percentage: no rate falls by 100 %, and none that is worth an alert
// rises twentyfold.
var (
	leastPercent = decimal.New(1, -2)
	mostFall     = decimal.NewFromInt(99)
	mostRise     = decimal.NewFromInt(2000)
)

// mostLevel is more than any rate.
var mostLevel = decimal.New(1, 12)

// A Wish is what the words of an alert ask for. Direction is 0 where they leave it to
// the present rate, or mean either way.
type Wish struct {
	Pair      rates.Pair
	Kind      Kind
	Direction int             // 1 above, -1 below, 0 open
	Amount    decimal.Decimal // a level, or percent
	Window    int             // days; 0: from now
	Repeat    bool
	Until     time.Time
	Replaces  int64 // the alert that is changed by it; 0: a new one
}

// directions are the words for "above" and "below" in the languages of the bot.
var directions = map[string]int{
	">": 1, ">=": 1, "≥": 1, "=>": 1, "above": 1, "over": 1, "reaches": 1, "exceeds": 1, "more": 1, "up": 1, "rise": 1, "rises": 1, "grows": 1, "gains": 1,
	"выше": 1, "больше": 1, "более": 1, "дороже": 1, "рост": 1, "вырастет": 1, "растёт": 1, "растет": 1, "вверх": 1, "подорожает": 1, "свыше": 1, "плюс": 1,
	"<": -1, "<=": -1, "≤": -1, "=<": -1, "below": -1, "under": -1, "less": -1, "down": -1, "fall": -1, "falls": -1, "drop": -1, "drops": -1, "loses": -1,
	"ниже": -1, "меньше": -1, "менее": -1, "дешевле": -1, "падение": -1, "упадёт": -1, "упадет": -1, "падает": -1, "вниз": -1, "подешевеет": -1, "минус": -1,
}

// windows are the words for the days over which a percentage is meant.
var windows = map[string]int{
	"day": 1, "daily": 1, "день": 1, "сутки": 1, "24h": 1,
	"week": 7, "weekly": 7, "неделю": 7, "неделя": 7, "недели": 7,
	"month": 30, "monthly": 30, "месяц": 30, "месяца": 30,
}

// dayUnits are the words for days behind a number: "7 days".
var dayUnits = map[string]bool{"d": true, "day": true, "days": true, "д": true, "день": true, "дня": true, "дней": true}

// fillers may stand between the words that count.
var fillers = map[string]bool{
	"in": true, "a": true, "the": true, "per": true, "by": true, "when": true, "if": true, "at": true, "is": true, "than": true, "to": true, "within": true, "last": true,
	"за": true, "на": true, "в": true, "к": true, "если": true, "когда": true, "чем": true, "последние": true, "последний": true, "последнюю": true, "один": true, "одну": true, "по": true, "курс": true,
}

// spaced finds signs that need room around them to be words of their own.
var spaced = regexp.MustCompile(`>=|<=|=>|=<|[≥≤<>]`)

// percentSign joins "2 %" to one word.
var percentSign = regexp.MustCompile(`\s*(%|\bpercent\b|\bper cent\b|процент\p{L}*|\bпроц\b\.?)`)

// span matches the days of a window: "7d", "30д".
var span = regexp.MustCompile(`^(\d{1,4})(d|д|days?|дн\p{L}*)$`)

// Parse reads the words of an alert: "USD/KZT > 550", "kzt below 500", "доллар выше
// 550", "usd/kzt +2% 7d repeat", "rub/tjs 1% until 2026-12-31". now is the reader's own
// time.
func Parse(words string, now time.Time) (Wish, error) {
	words = spaced.ReplaceAllString(strings.ToLower(words), " $0 ")
	words = percentSign.ReplaceAllString(words, "%")
	p := parser{fields: strings.Fields(words), now: now}
	for p.at < len(p.fields) {
		if err := p.word(); err != nil {
			return Wish{}, err
		}
	}
	return p.finish()
}

// maxFields is more words than an alert has.
const maxFields = 24

// A parser reads the words of an alert one after another.
type parser struct {
	fields []string
	at     int
	now    time.Time

	wish  Wish
	codes []rates.Currency
	sign  int // of the percentage: +2%
}

func (p *parser) word() error {
	f := strings.Trim(p.fields[p.at], ",.;!")
	p.at++
	if len(p.fields) > maxFields {
		return ErrForm
	}
	switch d, isDirection := directions[f]; {
	case f == "":
	case f == "over" && p.wish.Kind == Percent: // "2% over 7 days"
	case isDirection:
		p.wish.Direction = d
	case f == "once" || f == "однажды" || f == "раз":
		p.wish.Repeat = false
	case f == "repeat" || f == "always" || f == "повторять" || f == "каждый" || f == "повтор":
		p.wish.Repeat = true
	case f == "until" || f == "till" || f == "до":
		return p.until()
	case strings.HasPrefix(f, "#"):
		id, err := strconv.ParseInt(f[1:], 10, 64)
		if err != nil || id < 1 {
			return ErrForm
		}
		p.wish.Replaces = id
	case strings.HasSuffix(f, "%"):
		return p.percent(strings.TrimSuffix(f, "%"))
	case p.wish.Kind == Percent && p.window(f), fillers[f]:
	case startsNumber(f):
		return p.level(f)
	default:
		return p.currency(f)
	}
	return nil
}

func (p *parser) until() error {
	if p.at == len(p.fields) {
		return ErrUntil
	}
	for _, layout := range []string{time.DateOnly, "02.01.2006", "2.1.2006"} {
		day, err := time.ParseInLocation(layout, p.fields[p.at], p.now.Location())
		if err == nil && day.AddDate(0, 0, 1).After(p.now) && day.Year() < p.now.Year()+20 {
			p.at++
			p.wish.Until = day.AddDate(0, 0, 1).Add(-time.Second)
			return nil
		}
	}
	return ErrUntil
}

func (p *parser) percent(figure string) error {
	if p.wish.Kind != "" {
		return ErrForm
	}
	switch {
	case strings.HasPrefix(figure, "+"):
		p.sign = 1
	case strings.HasPrefix(figure, "-"), strings.HasPrefix(figure, "−"), strings.HasPrefix(figure, "–"):
		p.sign = -1
	}
	amount, err := rates.ParseDecimal(strings.TrimLeft(figure, "+-−–"))
	if err != nil || amount.LessThan(leastPercent) || amount.GreaterThan(mostRise) {
		return ErrPercent
	}
	p.wish.Kind, p.wish.Amount = Percent, amount
	return nil
}

// window reads the days over which a percentage is meant; whether they are ones that
// habar watches is asked at the end.
func (p *parser) window(f string) bool {
	if days, ok := windows[f]; ok {
		p.wish.Window = days
		return true
	}
	if m := span.FindStringSubmatch(f); m != nil {
		p.wish.Window, _ = strconv.Atoi(m[1]) // up to four digits
		return true
	}
	if days, err := strconv.Atoi(f); err == nil && p.at < len(p.fields) && dayUnits[p.fields[p.at]] {
		p.at++
		p.wish.Window = days
		return true
	}
	return false
}

func (p *parser) level(f string) error {
	if p.wish.Kind != "" {
		return ErrForm
	}
	for head := isHead(f); head && p.at < len(p.fields) && isGroup(p.fields[p.at]); { // 12 500
		f += p.fields[p.at]
		p.at++
	}
	if strings.HasPrefix(f, "-") || strings.HasPrefix(f, "−") {
		return ErrLevel
	}
	amount, err := phrase.ParseAmount(strings.TrimLeft(f, "+"))
	if err != nil || !amount.IsPositive() || amount.GreaterThan(mostLevel) {
		return ErrLevel
	}
	p.wish.Kind, p.wish.Amount = Level, amount
	return nil
}

func (p *parser) currency(f string) error {
	for _, sep := range []string{"/", "-"} {
		if base, quote, ok := strings.Cut(f, sep); ok {
			if err := p.currency(base); err != nil {
				return err
			}
			return p.currency(quote)
		}
	}
	if c, ok := phrase.Currency(f); ok {
		p.codes = append(p.codes, c)
		return nil
	}
	pair, err := rates.ParsePair(f)
	if err != nil {
		return err
	}
	p.codes = append(p.codes, pair.Base, pair.Quote)
	return nil
}

// finish puts together what the words said.
func (p *parser) finish() (Wish, error) {
	w := p.wish
	if len(p.codes) == 0 || len(p.codes) > 2 || w.Kind == "" {
		return Wish{}, ErrForm
	}
	w.Pair = rates.Pair{Base: rates.USD, Quote: p.codes[0]}
	if len(p.codes) == 2 {
		w.Pair = rates.Pair{Base: p.codes[0], Quote: p.codes[1]}
	} else if p.codes[0] == rates.USD {
		w.Pair.Quote = rates.KZT
	}
	if w.Pair.Base == w.Pair.Quote {
		return Wish{}, rates.ErrSamePair
	}
	if w.Kind == Percent {
		if p.sign != 0 {
			w.Direction = p.sign
		}
		if w.Window != 0 && !isWindow(w.Window) {
			return Wish{}, ErrWindow
		}
		if w.Direction <= 0 && w.Amount.GreaterThan(mostFall) {
			return Wish{}, ErrPercent
		}
	}
	return w, nil
}

func startsNumber(f string) bool {
	f = strings.TrimLeft(f, "+-−")
	return f != "" && f[0] >= '0' && f[0] <= '9'
}

func isGroup(f string) bool {
	return len(f) >= 3 && strings.Trim(f[:3], "0123456789") == "" && (len(f) == 3 || f[3] == '.' || f[3] == ',')
}

// isHead keeps "550 560" from being one number: no rate has more figures.
func isHead(f string) bool { return len(f) <= 2 && strings.Trim(f, "0123456789") == "" }

// For returns the alert that a wish asks for, given what its pair shows now.
func (w Wish) For(chat int64, r Reading) (Alert, error) {
	a := Alert{
		ID: w.Replaces, Chat: chat, Pair: w.Pair, Kind: w.Kind, Direction: w.Direction, Amount: w.Amount, Window: w.Window,
		Repeat: w.Repeat, Until: w.Until, Created: r.At,
	}
	if w.Kind == Level {
		if r.Rate.Value.Equal(w.Amount) {
			return Alert{}, ErrEqual
		}
		if w.Direction == 0 {
			a.Direction = w.Amount.Cmp(r.Rate.Value)
		}
	}
	return a.Arm(r), nil
}

// Words writes an alert as Parse reads it, without its pair: "> 550", "+2% 7d repeat".
func (w Wish) Words() string {
	var s strings.Builder
	switch {
	case w.Kind == Level && w.Direction != 0:
		s.WriteString(map[int]string{1: "> ", -1: "< "}[w.Direction])
	case w.Direction != 0:
		s.WriteString(map[int]string{1: "+", -1: "-"}[w.Direction])
	}
	s.WriteString(w.Amount.String())
	if w.Kind == Percent {
		s.WriteString("%")
	}
	if w.Window != 0 {
		s.WriteString(" " + strconv.Itoa(w.Window) + "d")
	}
	if w.Repeat {
		s.WriteString(" repeat")
	}
	return s.String()
}

package alert

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/region"
	"habar/digest/words"
)

// A Request is what the words of an alert ask for.
type Request struct {
	Terms
	Replaces int64           // the alert that is changed by it; 0: a new one
	Other    decimal.Decimal // what else its level may mean: of "12.500", 12,500; zero for nothing
	OpenSide bool            // the words leave open who waits for the level: who buys, or who sells
}

// Sided returns the request with its side decided by where the level lies: below what is paid somebody
// waits to buy, above it to sell. It returns itself where the words have said it.
func (r Request) Sided(reading Reading) Request {
	if price, known := reading.Price(r.Gauge()); r.OpenSide && known && r.Amount.LessThan(price) {
		r.Market.Side = offers.Buying
	}
	r.OpenSide = false
	return r
}

// Watches returns the gauges that a reading must have to decide on the request.
func (r Request) Watches() []Gauge {
	all := []Gauge{r.Gauge()}
	if r.OpenSide {
		r.Market.Side = offers.Buying
		all = append(all, r.Gauge())
	}
	return all
}

// Ambiguous reports whether the other meaning of the level is nearer to the present rate.
// It returns the terms with that level.
func (r Request) Ambiguous(rate decimal.Decimal) (Terms, bool) {
	other := r.Terms
	other.Amount = r.Other
	if r.Kind != Level || !r.Other.IsPositive() || !rate.IsPositive() {
		return other, false
	}
	return other, times(r.Other, rate).LessThan(times(r.Amount, rate))
}

// times returns how many times the larger of two positive numbers is the smaller.
func times(a, b decimal.Decimal) decimal.Decimal {
	return decimal.Max(a, b).DivRound(decimal.Min(a, b), 6)
}

// A lexicon is what words stand for in an alert: sections alert and window of the
// vocabulary, in every language.
type lexicon struct {
	word    map[string][]string // by what they stand for
	window  map[string]string   // "week": "7"
	percent *words.Matcher
}

var vocabulary = sync.OnceValue(func() lexicon {
	return lexicon{words.Section("alert"), words.Lookup("window"), words.MatchOne("measure", "percent")}
})

// spaced finds signs that need room around them to be words of their own.
var spaced = regexp.MustCompile(`>=|<=|=>|=<|[≥≤<>]`)

// Parse reads the words of an alert: "USD/KZT > 550", "kzt below 500", "доллар выше
// 550", "usd/kzt +2% 7d repeat", "rub/tjs 1% until 2026-12-31", "usd/kzt high 30d", "cash usd/tjs
// sell > 9.30", "usd/kzt cash gap 2%". now is
// the reader's own time.
func Parse(text string, now time.Time) (Request, error) { return ParseAt(text, now, "") }

// ParseAt is Parse for somebody whose own money is home, in which a currency that is named alone
// is priced; "" prices it in dollars.
func ParseAt(text string, now time.Time, home rates.Currency) (Request, error) {
	p, err := parse(text, now, home)
	if err != nil {
		return Request{}, err
	}
	return p.finish()
}

// WatchedIn returns what the words of an alert look at where they do not say what it is to wait for:
// "usd/kzt", "cash usd/tjs almaty". It is ErrForm where they say more, or no pair.
func WatchedIn(text string, now time.Time, home rates.Currency) (g Gauge, err error) {
	p, err := parse(text, now, home)
	if err != nil {
		return g, err
	}
	if p.terms != (Terms{}) {
		return g, ErrForm
	}
	if g.Pair, err = p.pair(); err != nil {
		return g, err
	}
	if !p.offers() {
		return g, nil
	}
	g.Market = p.market(Level, Either)
	return g, p.there(g.Pair)
}

func parse(text string, now time.Time, home rates.Currency) (*parser, error) {
	text = brackets.Replace(words.Straight(strings.ToLower(text)))
	p := &parser{fields: joinPercent(withoutEndings(strings.Fields(spaced.ReplaceAllString(text, " $0 ")))), now: now, home: home}
	for p.at < len(p.fields) {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// brackets are what people set around words.
var brackets = strings.NewReplacer("(", " ", ")", " ", "«", " ", "»", " ", "“", " ", "”", " ", `"`, " ")

// withoutEndings takes off what languages add to a number: "90дон", "12500-dan".
func withoutEndings(fields []string) []string {
	for i, f := range fields {
		figures := strings.TrimRightFunc(f, unicode.IsLetter)
		number := strings.TrimSuffix(figures, "-")
		if figures != f && (endsNumber(number) || strings.HasSuffix(number, "%")) && slices.Contains(vocabulary().word["ending"], f[len(figures):]) {
			fields[i] = number
		}
	}
	return fields
}

// joinPercent writes "2 %", "2percent" and "2 per cent," as "2%".
func joinPercent(fields []string) (out []string) {
	for i := 0; i < len(fields); i++ {
		f := strings.TrimRight(fields[i], marks)
		if figures := strings.TrimRightFunc(f, unicode.IsLetter); endsNumber(figures) && figures != f && vocabulary().percent.Has([]string{f[len(figures):]}, 0) {
			out = append(out, figures+"%")
			continue
		}
		if len(out) > 0 && endsNumber(out[len(out)-1]) {
			rest := slices.Clone(fields[i:min(i+maxPercent, len(fields))])
			for j := range rest {
				rest[j] = strings.TrimRight(rest[j], marks)
			}
			if _, n := vocabulary().percent.Longest(rest, 0); n > 0 {
				out[len(out)-1] += "%"
				i += n - 1
				continue
			}
		}
		out = append(out, fields[i])
	}
	return out
}

const (
	marks      = ",.;!" // that end a word and say nothing
	maxPercent = 2      // words that "per cent" has
)

// maxFields is more words than an alert has.
const maxFields = 24

// A parser reads the words of an alert one after another.
type parser struct {
	fields []string
	at     int
	now    time.Time
	home   rates.Currency

	terms    Terms
	replaces int64
	other    decimal.Decimal // of the level
	offered  offers.Query    // what the words say of offers
	numbered bool            // a percentage is said
	counted  rates.Currency  // what a number stands right before, as an amount of it
	codes    []rates.Currency
	sign     Side // of the percentage: +2%
}

// is reports whether a word stands for something: "above", "once".
func (p *parser) is(what, word string) bool { return slices.Contains(vocabulary().word[what], word) }

func (p *parser) next() error {
	f := strings.TrimRight(p.fields[p.at], marks)
	if !startsNumber(f) {
		f = strings.TrimLeft(f, marks)
	}
	p.at++
	if len(p.fields) > maxFields {
		return ErrForm
	}
	if side, n := offers.SideAt(p.fields, p.at-1); n > 1 { // "курс продажи", "banks sell": some of the words are fillers by themselves
		p.offered.Side = side
		p.at += n - 1
		return nil
	}
	if f == "" || p.is("over", f) && p.terms.Kind == Percent { // "2% over 7 days"
		return nil
	}
	if p.terms.Kind != "" { // its own words first: "7d" is no second level
		if taken, err := kindOf(p.terms.Kind).take(p, f); taken || err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if taken, err := k.take(p, f); taken || err != nil {
			return err
		}
	}
	return p.common(f)
}

// common reads what every kind has.
func (p *parser) common(f string) error {
	switch {
	case p.is("above", f):
		p.terms.Direction = Up
	case p.is("below", f):
		p.terms.Direction = Down
	case p.is("once", f):
		p.terms.Repeat = false
	case p.is("repeat", f):
		p.terms.Repeat = true
	case p.is("until", f):
		return p.until()
	case strings.HasPrefix(f, "#"):
		id, err := strconv.ParseInt(f[1:], 10, 64)
		if err != nil || id < 1 {
			return ErrForm
		}
		p.replaces = id
	case p.is("filler", f):
	default:
		return p.offer(f)
	}
	return nil
}

// offer reads where an offer is: how, by whom, in which place; or else a currency.
func (p *parser) offer(f string) error {
	if m, err := ParseMarket(f); err == nil { // as a button has it
		p.offered = offers.Query{Kind: m.Kind, Side: m.Side, City: m.City}
		return nil
	}
	p.fields[p.at-1] = f
	before := len(p.codes)
	err := p.currency(f)
	if err == nil {
		if p.at > 1 && len(p.codes) == before+1 && endsNumber(p.fields[p.at-2]) { // "500 usd"
			p.counted = p.codes[before]
		}
		return nil
	}
	n := p.offered.Take(p.fields, p.at-1)
	if n == 0 && offers.Institution(p.fields, p.at-1) > 0 { // who speaks of banks does not mean the official rate
		n = offers.Institution(p.fields, p.at-1)
		p.offered.Kind = cmp.Or(p.offered.Kind, offers.Cash)
	}
	if n == 0 {
		return err
	}
	p.at += n - 1
	return nil
}

// offers reports whether the words speak of offers and not of the official rate. A country alone says
// whose money is meant.
func (p *parser) offers() bool {
	return p.offered.Kind != "" || p.offered.Side != "" || p.offered.City != ""
}

// there returns an error where a city has no offers of a pair, being elsewhere.
func (p *parser) there(pair rates.Pair) error {
	if p.offered.City == "" {
		return nil
	}
	in, known := offers.CityIn(p.offered.City)
	country, _ := region.Find(in)
	if !known || rates.Currency(country.Currency) != pair.Quote {
		return &words.MisreadError{Word: p.offered.City, Reason: ErrCity}
	}
	return nil
}

// market returns the market of which the words speak. Who names no side waits for what is good for
// somebody: to buy below a price, or to sell above it; and a gap is what a buyer pays over the official
// rate.
func (p *parser) market(k Kind, direction Side) Market {
	q := p.offered
	m := Market{q.Kind, q.Side, q.City}
	if m.Kind == "" {
		m.Kind = offers.Cash
	}
	if m.Side == "" {
		m.Side = offers.Selling
		if direction == Down || k == Gap {
			m.Side = offers.Buying
		}
	}
	return m
}

func (p *parser) until() error {
	day, n, err := words.Day(p.fields, p.at, p.now, true)
	switch {
	case err != nil:
		return err
	case n == 0:
		return ErrUntil
	}
	end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, p.now.Location())
	if !end.After(p.now) || day.Year() >= p.now.Year()+20 {
		return ErrUntil
	}
	p.at += n
	p.terms.Until = end.Add(-time.Second)
	return nil
}

// window reads over how many days an alert is meant; whether it may be is asked at the end.
func (p *parser) window(f string) bool {
	if days, ok := vocabulary().window[f]; ok {
		p.terms.Window, _ = strconv.Atoi(days) // a test holds the section's keys
		return true
	}
	digits := strings.TrimRightFunc(f, func(r rune) bool { return r < '0' || r > '9' })
	days, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 4 {
		return false
	}
	unit := f[len(digits):]
	if unit == "" && p.at < len(p.fields) { // 7 days
		if next := strings.TrimRight(p.fields[p.at], marks); p.is("day", next) {
			unit = next
			p.at++
		}
	}
	if !p.is("day", unit) {
		return false
	}
	p.terms.Window = days
	return true
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
	if code, err := rates.ParseCurrency(f); err == nil {
		p.codes = append(p.codes, code)
		return nil
	}
	if code, ok := currencyNamed(f); ok {
		p.codes = append(p.codes, code)
		return nil
	}
	pair, err := rates.ParsePair(f)
	if err != nil {
		return err
	}
	p.codes = append(p.codes, pair.Base, pair.Quote)
	return nil
}

// currencyNamed returns the currency that a sign or a word stands for: "$", "доллар".
func currencyNamed(f string) (rates.Currency, bool) {
	tokens := words.Tokens(f)
	if len(tokens) != 1 {
		return "", false
	}
	code, ok := words.Sign(tokens[0].Text)
	if !ok {
		code, ok = words.Currency(tokens[0].Text)
	}
	return rates.Currency(code), ok
}

// pair returns the pair that the words name.
func (p *parser) pair() (pair rates.Pair, err error) {
	home := p.home
	if in, ok := region.Find(p.offered.Country); ok {
		home = rates.Currency(in.Currency)
	}
	switch {
	case len(p.codes) == 0 || len(p.codes) > 2:
		return pair, ErrForm
	case len(p.codes) == 2:
		pair = rates.Pair{Base: p.codes[0], Quote: p.codes[1]}
	case home != "" || p.codes[0] == rates.USD:
		pair = rates.PairAtHome(p.codes[0], home)
	default:
		pair = rates.Pair{Base: rates.USD, Quote: p.codes[0]}
	}
	if pair.Base == pair.Quote {
		return pair, rates.ErrSamePair
	}
	return pair, nil
}

// finish puts together what the words said.
func (p *parser) finish() (Request, error) {
	t := p.terms
	if len(p.codes) == 0 || len(p.codes) > 2 || t.Kind == "" || t.Kind == Gap && !p.numbered {
		return Request{}, ErrForm
	}
	var err error
	if t.Pair, err = p.pair(); err != nil {
		return Request{}, err
	}
	if t.Kind == Level && t.Direction == Either && p.counted != "" && p.counted != t.Pair.Quote { // "to sell 500 dollars" names no level
		return Request{}, ErrForm
	}
	if p.sign != Either && t.Direction == Either {
		t.Direction = p.sign
	}
	if p.offers() {
		t.Market = p.market(t.Kind, t.Direction)
		if err := p.there(t.Pair); err != nil {
			return Request{}, err
		}
	}
	if err := kindOf(t.Kind).check(&t); err != nil {
		return Request{}, err
	}
	return Request{t, p.replaces, p.other, p.offers() && p.offered.Side == "" && t.Kind == Level && t.Direction == Either}, nil
}

func startsNumber(f string) bool {
	f = strings.TrimLeft(f, "+-−–")
	if len(f) > 1 && (f[0] == '.' || f[0] == ',') { // ".0021"
		f = f[1:]
	}
	return f != "" && f[0] >= '0' && f[0] <= '9'
}

func endsNumber(f string) bool {
	return f != "" && f[len(f)-1] >= '0' && f[len(f)-1] <= '9'
}

func isGroup(f string) bool {
	return len(f) >= 3 && strings.Trim(f[:3], "0123456789") == "" && (len(f) == 3 || f[3] == '.' || f[3] == ',')
}

// isGroupHead keeps "550 560" from being one number: no rate has more figures.
func isGroupHead(f string) bool { return len(f) <= 2 && strings.Trim(f, "0123456789") == "" }

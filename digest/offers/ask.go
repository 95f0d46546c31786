package offers

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/region"
	"habar/digest/words"
)

// What can be wrong with what a person asks.
var (
	ErrWord = errors.New("no word about offers")
	ErrSend = errors.New("not an amount and two currencies")
)

// An Asked is what a person wants to know of offers.
type Asked struct {
	Query

	Amount decimal.Decimal // of the foreign currency, or with InHome of the other; zero: none was named
	InHome bool
	Money  bool // a currency was named
	From   int  // of the list; it is shown whole where All is set
	All    bool
}

var vocabulary = sync.OnceValue(func() (v struct{ side, kind, zone, city, country, skip, who, home *words.Matcher }) {
	countries := map[string][]string{}
	for name, entries := range words.Section("news.called") {
		if _, is := region.Find(name); is {
			countries[name] = append([]string{"=" + name}, entries...)
		}
	}
	names := words.Section("trade.country")
	for _, c := range region.Countries() {
		countries[c.Lower()] = append(countries[c.Lower()], names[c.Code3]...)
	}
	skip := map[string][]string{}
	for _, name := range []string{"ask", "offers.skip", "offers.who"} {
		for key, entries := range words.Section(name) {
			skip[key] = append(skip[key], entries...)
		}
	}
	named := map[string][]string{}
	for _, name := range []string{"news.city", "offers.city"} {
		for key, entries := range words.Section(name) {
			named[key] = append(named[key], entries...)
		}
	}
	v.side, v.kind, v.zone, v.city = words.Match("offers.side"), words.Match("offers.kind"), words.Match("zone"), words.NewMatcher(named)
	v.country, v.skip, v.who, v.home = words.NewMatcher(countries), words.NewMatcher(skip), words.Match("offers.who"), words.Match("offers.home")
	return v
})

// KindIn takes the first words of a text that name a kind of offer, in any language, out of it.
func KindIn(text string) (k Kind, rest string) {
	fields := strings.Fields(strings.ToLower(words.Straight(text)))
	for i := range fields {
		if kind, n := vocabulary().kind.Longest(fields, i); n > 0 {
			return Kind(kind), strings.Join(slices.Delete(fields, i, i+n), " ")
		}
	}
	return "", text
}

// allFrom begins the word that asks for a whole list from a place on: "#10".
const allFrom = "#"

// Parse reads what follows /cash: a currency, a city or a country, sell or buy, how, and an amount of
// the foreign currency, in any order and any language. What is not said is home's: its country, the
// dollar, over the counter, both sides. A MisreadError names what is not understood.
func Parse(text string, home region.Country) (a Asked, err error) {
	a.Kind = Cash
	fields := fieldsOf(text)
	var currencies []rates.Currency
	amountAt, currencyAt := -2, map[int]rates.Currency{} // where they stand
	for i := 0; i < len(fields); {
		n, found, isAmount := a.next(fields, i)
		if n == 0 {
			return a, &words.MisreadError{Word: fields[i], Reason: ErrWord}
		}
		if isAmount {
			amountAt = i + n
		}
		if len(found) == 1 {
			currencyAt[i] = found[0]
		}
		currencies = append(currencies, found...)
		i += n
	}
	a.Money = len(currencies) > 0
	country, ok := region.Find(a.Country)
	if !ok {
		country = countryOf(currencies, home)
	}
	a.Country = country.Lower()
	a.Pair = rates.Pair{Base: rates.USD, Quote: rates.Currency(country.Currency)}
	a.InHome = a.Amount.IsPositive() && currencyAt[amountAt] == a.Pair.Quote
	foreign := slices.DeleteFunc(slices.Clone(currencies), func(c rates.Currency) bool { return c == a.Pair.Quote })
	if len(foreign) > 0 {
		a.Pair.Base = foreign[0]
	}
	for _, c := range foreign {
		if c != a.Pair.Base {
			return a, &words.MisreadError{Word: string(c), Reason: ErrWord}
		}
	}
	return a, nil
}

// apart finds where a number and a currency touch: "500usd".
var apart = regexp.MustCompile(`(\d)([\p{L}$€₽₸£¥])`)

// signed finds a currency's sign in front of a number, which says of which currency it is: "₸50 000".
var signed = regexp.MustCompile(`([$€₽₸£¥])\s?(\d+(?:[ \x{00a0}]\d{3}\b|[.,]\d+)*)`)

// fieldsOf cuts a text into words in lower case, without the marks around them.
func fieldsOf(text string) (fields []string) {
	for f := range strings.FieldsSeq(apart.ReplaceAllString(signed.ReplaceAllString(strings.ToLower(words.Straight(text)), "$2 $1 "), "$1 $2")) {
		if f = strings.Trim(f, `,.;:!?«»"“”()`); f != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// countryOf returns the country whose money is named, else home, else Kazakhstan.
func countryOf(currencies []rates.Currency, home region.Country) region.Country {
	for _, c := range region.Countries() {
		if len(currencies) > 1 && slices.Contains(currencies, rates.Currency(c.Currency)) {
			return c
		}
	}
	if home.Code == "" {
		return region.Countries()[0]
	}
	return home
}

// next takes what begins at word i, and returns how many words that was; 0 for nothing known.
func (a *Asked) next(fields []string, i int) (n int, found []rates.Currency, isAmount bool) {
	if rest, is := strings.CutPrefix(fields[i], allFrom); is {
		from, err := strconv.Atoi(rest)
		a.All, a.From = err == nil, min(max(from, 0), 1000)
		return 1, nil, false
	}
	if n := a.Take(fields, i); n > 0 {
		return n, nil, false
	}
	if found, n := phrase.CurrenciesAt(fields, i); n > 0 {
		return n, found, false
	}
	if value, n := amountAt(fields, i); n > 0 {
		a.Amount = value
		return n, nil, true
	}
	_, n = vocabulary().skip.Longest(fields, i)
	return n, nil, false
}

// SideAt returns the side that the words from i on say, and how many they are; 0 for none.
func SideAt(fields []string, i int) (Side, int) {
	side, n := vocabulary().side.Longest(fields, i)
	return Side(side), n
}

// Take takes what begins at word i where it says a side, a kind or a place, and returns how many words
// that was; 0 for something else. The words are in lower case.
func (q *Query) Take(fields []string, i int) int {
	v := vocabulary()
	if side, n := SideAt(fields, i); n > 0 {
		q.Side = side
		return n
	}
	if kind, n := v.kind.Longest(fields, i); n > 0 {
		q.Kind = Kind(kind)
		return n
	}
	return q.place(fields, i)
}

// Institution returns how many words from word i on speak of banks or exchange offices.
func Institution(fields []string, i int) int {
	_, n := vocabulary().who.Longest(fields, i)
	return n
}

// CityIn returns in which country (ISO 3166-1 alpha-2, lower case) a city is, by its key, and false
// for one whose offices nobody lists.
func CityIn(key string) (country string, known bool) {
	country, known = cities[key]
	return country, known
}

// cities are in which country each key of the vocabulary's cities is.
var cities = map[string]string{
	"astana": "kz", "almaty": "kz", "shymkent": "kz", "aktau": "kz", "atyrau": "kz", "aktobe": "kz", "karaganda": "kz", "kostanay": "kz", "pavlodar": "kz", "semey": "kz",
	"bishkek": "kg", "osh": "kg", "jalalabad": "kg", "batken": "kg", "naryn": "kg", "issykkul": "kg",
	"dushanbe": "tj", "khujand": "tj", "khatlon": "tj", "badakhshan": "tj", "sughd": "tj", "rogun": "tj",
	"tashkent": "uz", "samarkand": "uz", "bukhara": "uz", "andijan": "uz", "namangan": "uz", "fergana": "uz", "navoi": "uz", "termez": "uz", "nukus": "uz", "khiva": "uz", "urgench": "uz",
	"ashgabat": "tm", "avaza": "tm", "turkmenbashi": "tm", "mary": "tm", "arkadag": "tm",
}

// place takes a city or a country.
func (q *Query) place(fields []string, i int) int {
	v := vocabulary()
	if country, is := cities[fields[i]]; is { // as a button says it
		q.Country, q.City = country, fields[i]
		return 1
	}
	city, n := v.city.Longest(fields, i)
	country, c := v.country.Longest(fields, i)
	zone, z := v.zone.Longest(fields, i)
	in, ofZone := region.InZone(zone)
	switch {
	case n > 0 && cities[city] != "" && n >= c:
		q.Country, q.City = cities[city], city
		return n
	case c > 0:
		q.Country = country
		return c
	case z > 0 && ofZone: // a city whose offices nobody lists: what holds for its country holds there
		q.Country, q.City = in.Lower(), strings.Join(fields[i:i+z], " ")
		return z
	}
	return 0
}

// amountAt reads a number from the words on, and how many they are.
func amountAt(fields []string, i int) (decimal.Decimal, int) {
	for n := min(len(fields)-i, 4); n > 0; n-- {
		tokens := words.Tokens(strings.Join(fields[i:i+n], " "))
		if value, took, err := words.NumberAt(tokens); err == nil && took == len(tokens) && took > 0 && value.IsPositive() {
			return value, n
		}
	}
	return decimal.Zero, 0
}

// ParseSend reads what follows /send: an amount, its currency, and the one that is to arrive or the
// country in which.
func ParseSend(text string, home region.Country) (amount decimal.Decimal, p rates.Pair, err error) {
	fields := fieldsOf(text)
	var rest []string
	var to Asked
	for i := 0; i < len(fields); {
		if n := to.place(fields, i); n > 0 {
			i += n
			continue
		}
		if _, n := vocabulary().kind.Longest(fields, i); n > 0 {
			i += n
			continue
		}
		if _, n := vocabulary().home.Longest(fields, i); n > 0 {
			i += n
			continue
		}
		rest = append(rest, fields[i])
		i++
	}
	if country, ok := region.Find(to.Country); ok {
		home = country
	}
	c, err := phrase.Parse(phrase.AtHome(strings.Join(rest, " "), home.Code))
	if err != nil {
		return amount, p, err
	}
	if len(c.Amounts) != 1 || c.Either || !c.Stated || !c.Amounts[0].Value.IsPositive() || len(c.To) > 1 || c.Amounts[0].Currency == "" {
		return amount, p, ErrSend
	}
	p = rates.Pair{Base: c.Amounts[0].Currency, Quote: rates.Currency(home.Currency)}
	if len(c.To) == 1 {
		p.Quote = c.To[0]
	}
	if p.Base == p.Quote || p.Quote == "" {
		return amount, p, ErrSend
	}
	return c.Amounts[0].Value, p, nil
}

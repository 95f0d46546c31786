package offers

import (
	"errors"
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

	Amount decimal.Decimal // of the foreign currency; zero: none was named
	From   int             // of the list; it is shown whole where All is set
	All    bool
}

var vocabulary = sync.OnceValue(func() (v struct{ side, kind, zone, city, country, skip *words.Matcher }) {
	countries := map[string][]string{}
	for name, entries := range words.Section("news.called") {
		if _, is := region.Find(name); is {
			countries[name] = append([]string{"=" + name}, entries...)
		}
	}
	skip := map[string][]string{}
	for _, name := range []string{"ask", "offers.skip"} {
		for key, entries := range words.Section(name) {
			skip[key] = append(skip[key], entries...)
		}
	}
	v.side, v.kind, v.zone, v.city = words.Match("offers.side"), words.Match("offers.kind"), words.Match("zone"), words.Match("news.city")
	v.country, v.skip = words.NewMatcher(countries), words.NewMatcher(skip)
	return v
})

// allFrom begins the word that asks for a whole list from a place on: "#10".
const allFrom = "#"

// Parse reads what follows /cash: a currency, a city or a country, sell or buy, how, and an amount of
// the foreign currency, in any order and any language. What is not said is home's: its country, the
// dollar, over the counter, both sides. A MisreadError names what is not understood.
func Parse(text string, home region.Country) (a Asked, err error) {
	a.Kind = Cash
	fields := fieldsOf(text)
	var currencies []rates.Currency
	for i := 0; i < len(fields); {
		n, found := a.next(fields, i)
		currencies = append(currencies, found...)
		if n == 0 {
			return a, &words.MisreadError{Word: fields[i], Reason: ErrWord}
		}
		i += n
	}
	country, ok := region.Find(a.Country)
	if !ok {
		country = countryOf(currencies, home)
	}
	a.Country = country.Lower()
	a.Pair = rates.Pair{Base: rates.USD, Quote: rates.Currency(country.Currency)}
	for _, c := range currencies {
		if c != a.Pair.Quote {
			a.Pair.Base = c
			break
		}
	}
	if a.Pair.Base == a.Pair.Quote {
		a.Pair.Base = rates.USD
	}
	return a, nil
}

// apostrophes are what people type for the one of o‘ and g‘.
var apostrophes = strings.NewReplacer("’", "'", "‘", "'", "ʻ", "'", "ʼ", "'", "`", "'")

// fieldsOf cuts a text into words in lower case, without the marks around them.
func fieldsOf(text string) (fields []string) {
	for _, f := range strings.Fields(strings.ToLower(apostrophes.Replace(text))) {
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
func (a *Asked) next(fields []string, i int) (n int, found []rates.Currency) {
	v := vocabulary()
	if rest, is := strings.CutPrefix(fields[i], allFrom); is {
		from, err := strconv.Atoi(rest)
		a.All, a.From = err == nil, min(max(from, 0), 1000)
		return 1, nil
	}
	if side, n := v.side.Longest(fields, i); n > 0 {
		a.Side = Side(side)
		return n, nil
	}
	if kind, n := v.kind.Longest(fields, i); n > 0 {
		a.Kind = Kind(kind)
		return n, nil
	}
	if n := a.place(fields, i); n > 0 {
		return n, nil
	}
	if found, n := phrase.CurrenciesAt(fields, i); n > 0 {
		return n, found
	}
	if value, n := amountAt(fields, i); n > 0 {
		a.Amount = value
		return n, nil
	}
	if strings.HasSuffix(fields[i], "$") || strings.HasPrefix(fields[i], "$") { // "$500"
		if value, n := amountAt([]string{strings.Trim(fields[i], "$")}, 0); n > 0 {
			a.Amount = value
			return 1, []rates.Currency{rates.USD}
		}
	}
	_, n = v.skip.Longest(fields, i)
	return n, nil
}

// place takes a city or a country.
func (a *Asked) place(fields []string, i int) int {
	v := vocabulary()
	city, n := v.city.Longest(fields, i)
	zone, m := v.zone.Longest(fields, i)
	if country, ok := region.InZone(zone); ok && m > 0 {
		a.Country = country.Lower()
		if n >= m {
			a.City = city
		}
		return max(m, n)
	}
	if country, n := v.country.Longest(fields, i); n > 0 {
		a.Country = country
		return n
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

// ParseSend reads what follows /send: an amount, its currency and the one that is to arrive.
func ParseSend(text string, home region.Country) (amount decimal.Decimal, p rates.Pair, err error) {
	c, err := phrase.Parse(phrase.AtHome(text, home.Code))
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

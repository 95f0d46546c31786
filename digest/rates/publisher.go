package rates

import (
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// The publishers that the code itself asks for by name. Any other is known by its line in
// publishers alone.
const (
	NBK    = "nbk"
	NBKR   = "nbkr"
	CBU    = "cbu"
	NBT    = "nbt"
	CBR    = "cbr"
	NBG    = "nbg"
	CBA    = "cba"
	DAB    = "dab"
	TCMB   = "tcmb"
	IMF    = "imf"
	PEG    = "peg"
	Market = "market"
	ERAPI  = "erapi"

	MongolBank = "mongolbank"
	Page       = "page"
	Builtin    = "builtin"
)

// A PublisherKind says what the word of a publisher is worth.
type PublisherKind int8

// The kinds, the most trusted first.
const (
	CentralBank    PublisherKind = iota + 1 // official in pairs of its home currency
	StatePeg                                // a rate that a state declares, with no feed
	MarketRate                              // what is paid somewhere, collected by somebody
	SavedPage                               // the ticker of a saved news page
	BuiltinFigures                          // what habar knows with no network
)

// A Publisher is who stands behind a figure. What it is called is in the locales, under
// source and source_full; where it is read is package bank.
type Publisher struct {
	ID   string // as in /sources, in JSON and in the database; never renamed
	Kind PublisherKind
	Home string // ISO 3166-1 alpha-2 of a central bank's country; "" for the others
	Zone string // IANA zone whose calendar day it publishes for
}

// publishers lists everyone whose figures habar takes. A new one is added here. Of those
// that are not official the first in the list counts for more.
var publishers = []Publisher{
	{NBK, CentralBank, "KZ", "Asia/Almaty"},             // National Bank of Kazakhstan
	{NBKR, CentralBank, "KG", "Asia/Bishkek"},           // National Bank of the Kyrgyz Republic
	{CBU, CentralBank, "UZ", "Asia/Tashkent"},           // Central Bank of the Republic of Uzbekistan
	{NBT, CentralBank, "TJ", "Asia/Dushanbe"},           // National Bank of Tajikistan
	{CBR, CentralBank, "RU", "Europe/Moscow"},           // Bank of Russia
	{NBG, CentralBank, "GE", "Asia/Tbilisi"},            // National Bank of Georgia
	{CBA, CentralBank, "AM", "Asia/Yerevan"},            // Central Bank of Armenia
	{MongolBank, CentralBank, "MN", "Asia/Ulaanbaatar"}, // Bank of Mongolia
	{DAB, CentralBank, "AF", "Asia/Kabul"},              // Da Afghanistan Bank
	{TCMB, CentralBank, "TR", "Europe/Istanbul"},        // Central Bank of the Republic of Türkiye
	{PEG, StatePeg, "TM", "Asia/Ashgabat"},              // what Turkmenistan declares
	{Market, MarketRate, "", "UTC"},                     // currency-api
	{ERAPI, MarketRate, "", "UTC"},                      // open.er-api.com
	{IMF, MarketRate, "", "America/New_York"},           // representative rates, as central banks report them to the Fund
	{Page, SavedPage, "", "UTC"},                        // a saved news page
	{Builtin, BuiltinFigures, "", "UTC"},                // the built-in figures
}

// Publishers lists everyone whose figures habar takes.
func Publishers() []Publisher { return publishers }

// FindPublisher returns a publisher by its ID.
func FindPublisher(id string) (Publisher, bool) {
	p, ok := byID()[id]
	return p.Publisher, ok
}

// Official reports whether a publisher speaks for a state: a central bank or a peg.
func (p Publisher) Official() bool { return p.Kind == CentralBank || p.Kind == StatePeg }

// Live reports whether a publisher is read from outside, so that its figures may move
// alerts and are a yardstick for others. One that is not in the list never is.
func (p Publisher) Live() bool { return p.Kind >= CentralBank && p.Kind <= MarketRate }

// Currency returns the currency of a central bank's country, "" for other publishers.
func (p Publisher) Currency() Currency {
	r, err := language.ParseRegion(p.Home)
	if err != nil {
		return ""
	}
	unit, ok := currency.FromRegion(r)
	if !ok {
		return ""
	}
	return Currency(unit.String())
}

// The ranks: the smaller one counts for more. Official figures share one, since which of
// them is shown is a matter of digits and days.
const (
	officialRank = 0
	unknownRank  = 1 << 10 // nothing is known of who says it
)

type ranked struct {
	Publisher
	home     Currency
	rank     int
	regional bool // home is one of Region
}

var byID = sync.OnceValue(func() map[string]ranked {
	all := make(map[string]ranked, len(publishers))
	for i, p := range Publishers() {
		r := ranked{Publisher: p, home: p.Currency(), rank: i + 1}
		r.regional = slices.Contains(Region(), r.home)
		if p.Official() {
			r.rank = officialRank
		}
		all[p.ID] = r
	}
	return all
})

// rankOf returns whose word a quote is. A central bank is official in pairs of its own
// currency; about any other it is one voice of the market.
func rankOf(q Quote) int {
	p, ok := byID()[q.Source]
	switch {
	case !ok:
		return unknownRank
	case p.Kind == CentralBank && p.home != q.Base && p.home != q.Pair.Quote:
		return byID()[Market].rank
	}
	return p.rank
}

// PegSince is the first day of the peg: since 2015-01-01 the Central Bank of
// Turkmenistan has kept 3.5 TMT per USD.
var PegSince = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// Pegs are the rates that states declare. They are stated here and checked against
// what others quote, not fetched.
func Pegs() map[Pair]decimal.Decimal {
	return map[Pair]decimal.Decimal{{USD, TMT}: decimal.New(35, -1)}
}

// PegQuotes returns the declared rates as quotes of a day, none before the pegs began.
func PegQuotes(day time.Time) []Quote {
	var quotes []Quote
	for pair, value := range Pegs() {
		if !day.Before(PegSince) {
			quotes = append(quotes, Quote{Pair: pair, Value: value, Source: PEG, Effective: day})
		}
	}
	return quotes
}

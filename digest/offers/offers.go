// Package offers is what people are really paid: the rates at which banks and exchange offices buy
// and sell currencies, in cash, by card, for transfers. One file a publisher reads what it answers;
// what of it is believed and which offer is the best follows here. Official rates are package rates.
package offers

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Kind is how money changes hands.
type Kind string

// The kinds.
const (
	Cash     Kind = "cash"     // over the counter
	Card     Kind = "card"     // by bank card
	Account  Kind = "account"  // from account to account, without cash
	Wallet   Kind = "wallet"   // of an electronic wallet
	Transfer Kind = "transfer" // of money that is sent from abroad
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Cash, Card, Account, Wallet, Transfer} }

// An Offer is at which rates an institution changes a currency. It is kept with the firings of alerts:
// JSON fields are added, never renamed.
type Offer struct {
	Publisher   string `json:"publisher"`   // ID of who publishes it
	Country     string `json:"country"`     // ISO 3166-1 alpha-2, lower case
	Institution string `json:"institution"` // as the publisher writes it
	City        string `json:"city"`        // key of the vocabulary's news.city: "almaty"; "" for the whole country
	Kind        Kind   `json:"kind"`

	rates.Pair `json:"pair"` // the foreign currency against the home one

	Buy     decimal.Decimal     `json:"buy"`  // home per one foreign that the institution pays; zero: it does not buy
	Sell    decimal.Decimal     `json:"sell"` // home per one foreign that it asks for; zero: it does not sell
	Fee     decimal.NullDecimal `json:"fee"`  // of a transfer, in percent of what is sent, paid on top of it and contained in Buy; null where it is not known
	Said    time.Time           `json:"said"` // when it was set, by the publisher
	Fetched time.Time           `json:"fetched"`
	Place   Place               `json:"place"` // of the office, where it is known
}

// A Place is where an office is.
type Place struct {
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Hours   string `json:"hours,omitempty"`
	Lat     string `json:"lat,omitempty"` // degrees, as published
	Lon     string `json:"lon,omitempty"`
}

// A Side is what a person does with the foreign currency.
type Side string

// The sides, as a person sees them.
const (
	Selling Side = "sell" // the institution buys
	Buying  Side = "buy"  // the institution sells
)

// Sides lists both.
func Sides() []Side { return []Side{Selling, Buying} }

// Price is what a person gets, or pays, for one foreign unit; zero where that is not offered.
func (o Offer) Price(s Side) decimal.Decimal {
	if s == Selling {
		return o.Buy
	}
	return o.Sell
}

// freshFor is how old an offer may be to be called the best.
const freshFor = 24 * time.Hour

// Fresh reports whether an offer is of today: only such are ever the best.
func (o Offer) Fresh(now time.Time) bool { return now.Sub(o.Said) <= freshFor }

// Better reports whether a price is better than another for a person on a side.
func Better(s Side, a, b decimal.Decimal) bool {
	if s == Selling {
		return a.GreaterThan(b)
	}
	return a.LessThan(b)
}

// A Query is what offers are asked for.
type Query struct {
	Country string // "" for any
	City    string // "" for any
	Kind    Kind   // "" for any
	Pair    rates.Pair
	Side    Side
}

// Select returns the offers that answer a query, the best first: the fresh ones before the others,
// then by price, then by name.
func Select(all []Offer, q Query, now time.Time) []Offer {
	var found []Offer
	for _, o := range all {
		if (q.Country == "" || o.Country == q.Country) && (q.City == "" || o.City == "" || o.City == q.City) && (q.Kind == "" || o.Kind == q.Kind) &&
			o.Pair == q.Pair && o.Price(q.Side).IsPositive() {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b Offer) int {
		if fresh, other := a.Fresh(now), b.Fresh(now); fresh != other {
			if fresh {
				return -1
			}
			return 1
		}
		if x, y := a.Price(q.Side), b.Price(q.Side); !x.Equal(y) {
			if Better(q.Side, x, y) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Institution, b.Institution), cmp.Compare(a.City, b.City))
	})
	return found
}

// Gap returns by how many percent a price differs from the official rate, negative where it is
// less.
func Gap(price, official decimal.Decimal) decimal.Decimal {
	if !official.IsPositive() {
		return decimal.Zero
	}
	return price.Sub(official).Mul(decimal.NewFromInt(100)).DivRound(official, 2)
}

// Worth is what an amount of the foreign currency comes to.
func Worth(amount, price decimal.Decimal) decimal.Decimal { return amount.Mul(price) }

// A Sent is what arrives of money that is sent by a channel.
type Sent struct {
	Offer

	Arrives decimal.Decimal // in the quote currency
	Cost    decimal.Decimal // percent of what the official rate would give; negative: it gives more
}

// Send returns what arrives of an amount that is paid by every channel that has a rate of today, the most first.
func Send(all []Offer, amount decimal.Decimal, p rates.Pair, official decimal.Decimal, now time.Time) []Sent {
	var sent []Sent
	for _, o := range Select(all, Query{Kind: Transfer, Pair: p, Side: Selling}, now) {
		if !o.Fresh(now) {
			continue
		}
		sent = append(sent, Sent{Offer: o, Arrives: Worth(amount, o.Buy), Cost: Gap(o.Buy, official).Neg()})
	}
	return sent
}

// A Day is what a day's offers of one kind and pair were, over all institutions of all publishers.
type Day struct {
	Day               time.Time // midnight UTC of its date
	Kind              Kind
	Pair              rates.Pair
	BestBuy, BestSell decimal.Decimal // for a person: the highest that is paid, the lowest that is asked
	MiddleBuy         decimal.Decimal // median
	MiddleSell        decimal.Decimal
	Buyers, Sellers   int
}

// Days sums offers up, by kind and pair: those that are fresh.
func Days(all []Offer, now time.Time) []Day {
	type key struct {
		kind Kind
		pair rates.Pair
	}
	buys, sells := map[key][]decimal.Decimal{}, map[key][]decimal.Decimal{}
	var order []key
	for _, o := range all {
		k := key{o.Kind, o.Pair}
		if !o.Fresh(now) {
			continue
		}
		if buys[k] == nil && sells[k] == nil {
			order = append(order, k)
		}
		if o.Buy.IsPositive() {
			buys[k] = append(buys[k], o.Buy)
		}
		if o.Sell.IsPositive() {
			sells[k] = append(sells[k], o.Sell)
		}
	}
	days := make([]Day, 0, len(order))
	for _, k := range order {
		d := Day{Day: rates.Day(now), Kind: k.kind, Pair: k.pair, Buyers: len(buys[k]), Sellers: len(sells[k])}
		if len(buys[k]) > 0 {
			slices.SortFunc(buys[k], decimal.Decimal.Cmp)
			d.BestBuy, d.MiddleBuy = buys[k][len(buys[k])-1], median(buys[k])
		}
		if len(sells[k]) > 0 {
			slices.SortFunc(sells[k], decimal.Decimal.Cmp)
			d.BestSell, d.MiddleSell = sells[k][0], median(sells[k])
		}
		days = append(days, d)
	}
	return days
}

// median of sorted values.
func median(sorted []decimal.Decimal) decimal.Decimal {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return sorted[n/2-1].Add(sorted[n/2]).Mul(decimal.New(5, -1))
}

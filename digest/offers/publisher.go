package offers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/clip"
	"habar/digest/fetch"
	"habar/digest/rates"
)

// A Publisher is who collects offers and where they are read. It is a value: publishers differ only
// in these fields.
type Publisher struct {
	ID       string // as in the database; never renamed. Its name is in the locales, under offers_source
	Country  string // ISO 3166-1 alpha-2, lower case; "" where its offers say it each
	Zone     string // IANA zone of the times that it tells
	Env      string // environment variable that replaces URL
	URL      string // "{currency}" stands for each of Currencies, "{city}" for each of Cities, others for what Fill says
	TokenEnv string // environment variable of a token without which it is not asked; "" for none

	Currencies []rates.Currency              // for which it is asked one by one; nil: one answer has all
	Cities     []string                      // likewise
	Fill       func(rates.Currency) []string // what else stands for a currency in URL, as strings.NewReplacer takes it; optional
	Official   bool                          // what it publishes is meant to be read by everybody: on without being named

	// Parse reads an answer: institution, kind, pair, prices, when they were set by the clock of
	// Zone, place. It must not trust body.
	Parse func(body []byte, ask Ask) ([]Offer, error)
}

// An Ask is what an answer was asked for.
type Ask struct {
	Currency rates.Currency
	City     string
	Zone     *time.Location
	At       time.Time
}

// All lists everyone whose offers habar can read. A new one is added here.
func All() []Publisher { return []Publisher{nbtBanks, fxkg, nbuz, halyk, kurskz, koronapay} }

// Find returns a publisher by its ID.
func Find(id string) (Publisher, bool) {
	i := slices.IndexFunc(All(), func(p Publisher) bool { return p.ID == id })
	if i < 0 {
		return Publisher{}, false
	}
	return All()[i], true
}

// SelectPublishers returns the publishers with the given names; for "" those that are official, for "none"
// none.
func SelectPublishers(names string) ([]Publisher, error) {
	switch names = strings.TrimSpace(names); names {
	case "":
		return slices.DeleteFunc(All(), func(p Publisher) bool { return !p.Official }), nil
	case "none":
		return nil, nil
	}
	var all []Publisher
	for name := range strings.SplitSeq(names, ",") {
		p, ok := Find(strings.ToLower(strings.TrimSpace(name)))
		if !ok {
			return nil, fmt.Errorf("no publisher of offers is called %q: known are %s", clip.Runes(name, 40), strings.Join(IDs(), ", "))
		}
		all = append(all, p)
	}
	return all, nil
}

// IDs lists the IDs of all publishers.
func IDs() (ids []string) {
	for _, p := range All() {
		ids = append(ids, p.ID)
	}
	return ids
}

// ErrNone says that an answer has no offer: the publisher has changed its form, or has nothing.
var ErrNone = errors.New("no offer in the answer")

// A Client gets documents, bounded in size and time.
type Client interface {
	Ask(ctx context.Context, ask fetch.Request) (fetch.Response, error)
}

const (
	maxOffers  = 20_000 // of one answer
	maxName    = 80     // runes
	maxAddress = 160
	askTime    = 20 * time.Second
)

// Read asks a publisher for its offers. Of several questions some may fail: these are returned too,
// and err, which names the publisher, says why.
func (p Publisher) Read(ctx context.Context, c Client, token string, now time.Time) (all []Offer, unanswered []Ask, err error) {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.ID, err)
	}
	var failed []error
	for _, ask := range p.asks(zone, now.UTC()) {
		some, err := p.read(ctx, c, ask, token)
		if err != nil {
			failed, unanswered = append(failed, fmt.Errorf("%s%s: %w", p.ID, ask.label(), err)), append(unanswered, ask)
			continue
		}
		all = append(all, some...)
	}
	for i := range all {
		all[i].Publisher, all[i].Fetched = p.ID, now.UTC()
		if p.Country != "" {
			all[i].Country = p.Country
		}
		all[i].Said = all[i].Said.UTC()
	}
	return all, unanswered, errors.Join(failed...)
}

// Covers reports whether an offer belongs to what was asked for.
func (a Ask) Covers(o Offer) bool {
	return (a.Currency == "" || a.Currency == o.Pair.Base || a.Currency == o.Pair.Quote) && (a.City == "" || a.City == o.City)
}

// asks lists the questions that are one table together.
func (p Publisher) asks(zone *time.Location, at time.Time) (all []Ask) {
	currencies, cities := p.Currencies, p.Cities
	if len(currencies) == 0 {
		currencies = []rates.Currency{""}
	}
	if len(cities) == 0 {
		cities = []string{""}
	}
	for _, c := range currencies {
		for _, city := range cities {
			all = append(all, Ask{c, city, zone, at})
		}
	}
	return all
}

func (a Ask) label() string {
	return strings.TrimRight(" "+strings.TrimSpace(string(a.Currency)+" "+a.City), " ")
}

func (p Publisher) read(ctx context.Context, c Client, ask Ask, token string) ([]Offer, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	stands := []string{"{currency}", string(ask.Currency), "{city}", ask.City}
	if p.Fill != nil {
		stands = append(stands, p.Fill(ask.Currency)...)
	}
	address := strings.NewReplacer(stands...).Replace(p.URL)
	resp, err := c.Ask(ctx, fetch.Request{URL: address, Token: token})
	if err != nil {
		return nil, err
	}
	all, err := p.Parse(resp.Body, ask)
	if err != nil {
		return nil, err
	}
	if all = clean(all); len(all) == 0 {
		return nil, ErrNone
	}
	return all[:min(len(all), maxOffers)], nil
}

// clean returns the offers that say what they must, their texts in bounds.
func clean(all []Offer) []Offer {
	kept := all[:0]
	for _, o := range all {
		if o.whole() {
			kept = append(kept, o)
		}
	}
	return kept
}

// directions turn the writing of what follows them around; no name has them.
var directions = strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

func short(s string, most int) string {
	return clip.Runes(strings.Join(strings.Fields(directions.Replace(s)), " "), most)
}

// degree returns a coordinate as it was published, "" for what is none.
func degree(s string, most float64) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || len(s) > 20 || math.Abs(f) > most {
		return ""
	}
	return s
}

// whole reports whether an offer says what it must.
func (o *Offer) whole() bool {
	o.Institution, o.Place.Address = short(o.Institution, maxName), short(o.Place.Address, maxAddress)
	o.Place.Phone, o.Place.Hours = short(o.Place.Phone, maxName), short(o.Place.Hours, maxName)
	o.Place.Lat, o.Place.Lon = degree(o.Place.Lat, 90), degree(o.Place.Lon, 180)
	return o.Institution != "" && o.Pair.Base != o.Pair.Quote && !o.Buy.IsNegative() && !o.Sell.IsNegative() && (o.Buy.IsPositive() || o.Sell.IsPositive())
}

// price reads a cell: zero, or nothing, is not offered.
func price(cell string) decimal.Decimal {
	d, err := rates.ParseDecimal(strings.Join(strings.Fields(cell), ""))
	if err != nil || !d.IsPositive() {
		return decimal.Zero
	}
	return d
}

// clockAt reads a time in one of several layouts, by a zone's clock; zero where it is none of them.
func clockAt(s string, zone *time.Location, layouts ...string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

// currencyOf reads a code.
func currencyOf(code string) (rates.Currency, bool) {
	c, err := rates.ParseCurrency(strings.ToUpper(strings.TrimSpace(code)))
	return c, err == nil
}

// A State is how a publisher is doing.
type State struct {
	Publisher string
	Table     Table
	Tried     time.Time
	Success   time.Time      // of the last good answer
	Error     string         // of the last try; "" when it was good
	Kept      int            // offers of the last good answer
	Held      map[string]int // how many were held back, by pair and kind: "USD/TJS cash"
	Reasons   []Reason       // why, each once
}

// HeldKey is the key of a pair and kind in State.Held.
func HeldKey(p rates.Pair, k Kind) string { return p.String() + " " + string(k) }

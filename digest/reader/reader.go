// Package reader is who habar writes to: a chat and what it set, nothing else about
// a person. Rows are in store; how a language or zone is written is bot/message.
package reader

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"habar/digest/rates"
	"habar/digest/region"
)

// A Reader is a chat that talks with habar.
type Reader struct {
	Chat     int64 // Telegram chat id; groups and channels are negative
	Language language.Tag
	Zone     *time.Location
	Base     rates.Currency // what its currencies are shown against

	Currencies []rates.Currency // what it wants to see; none: the region's
	Quiet      Quiet            // hours in which it is left alone
	News       NewsPreferences  // what it wants of the news
	Charts     ChartStyle

	SectionsOff []string // parts of the digest that it does not want
	Active      bool     // false once Telegram says that habar may not write there
}

// New returns a reader as habar first meets it, from the language its Telegram is
// set to (BCP 47, may be empty). The zone is that of the language's country, as far
// as one can guess; it is shown wherever it matters.
func New(chat int64, languageCode string) Reader {
	tag, err := language.Parse(languageCode)
	if err != nil {
		tag = language.English
	}
	return Reader{Chat: chat, Language: tag, Zone: guessZone(tag), Base: rates.USD, Active: true}
}

// Home returns the country of the region that the reader lives in by its clock, or else whose
// language it speaks; false for neither.
func (r Reader) Home() (region.Country, bool) {
	if r.Zone != nil {
		if c, ok := region.InZone(r.Zone.String()); ok {
			return c, true
		}
	}
	base, _ := r.Language.Base()
	return region.Speaking(base.String())
}

// Own returns the currencies that the reader wants to see, in its order: without any, the
// region's, its own country's first.
func (r Reader) Own() []rates.Currency {
	if len(r.Currencies) > 0 {
		return r.Currencies
	}
	all := rates.Region()
	home, ok := r.Home()
	if i := slices.Index(all, rates.Currency(home.Currency)); ok && i > 0 {
		all = slices.Insert(slices.Delete(slices.Clone(all), i, i+1), 0, rates.Currency(home.Currency))
	}
	return all
}

// Money returns the currency of the region that the reader counts in: the first of its own that
// is one, else its country's, else the tenge.
func (r Reader) Money() rates.Currency {
	for _, c := range r.Own() {
		if slices.Contains(rates.Region(), c) {
			return c
		}
	}
	if home, ok := r.Home(); ok {
		return rates.Currency(home.Currency)
	}
	return rates.KZT
}

// The parts of a digest.
const (
	RatesSection  = "rates"
	OffersSection = "offers"
	NewsSection   = "news"
	TradeSection  = "trade"
)

// Sections lists the parts of a digest in their order.
func Sections() []string { return []string{RatesSection, OffersSection, NewsSection, TradeSection} }

// Wants reports whether the reader wants a part of the digest.
func (r Reader) Wants(section string) bool { return !slices.Contains(r.SectionsOff, section) }

// ToggleSection returns the reader with a part of the digest switched on or off. One part
// stays.
func (r Reader) ToggleSection(section string) Reader {
	var off []string
	for _, s := range Sections() {
		if r.Wants(s) == (s == section) {
			off = append(off, s)
		}
	}
	if len(off) < len(Sections()) {
		r.SectionsOff = off
	}
	return r
}

// A ChartStyle is how the reader wants charts where it does not say.
type ChartStyle struct {
	Span string // "7d", "30d", "90d", "1y"; "" for the usual one
	Dark bool
}

// NewsLanguages returns the languages in which the reader gets stories: its own, and Russian
// where that is its country's second one; English for any other; none for all.
func (r Reader) NewsLanguages() []string {
	base, _ := r.Language.Base()
	own := base.String()
	country, regional := region.Speaking(own)
	switch {
	case r.News.AnyLanguage:
		return nil
	case regional && slices.Contains(country.Languages, "ru") && own != "ru":
		return []string{own, "ru"}
	case readsRussian(own):
		return []string{"ru"}
	}
	return []string{"en"}
}

// readsRussian reports whether who speaks a language reads Russian: in the region it is a
// second language, and in two countries beyond it.
func readsRussian(language string) bool {
	country, _ := region.Speaking(language)
	return slices.Contains(country.Languages, "ru") || slices.Contains([]string{"ru", "be", "uk"}, language)
}

// MaxCurrencies is how many currencies a reader may want to see.
const MaxCurrencies = 10

// Toggle returns the reader with a currency added to what it wants to see, or taken
// from it. Without any it sees the region's again.
func (r Reader) Toggle(c rates.Currency) Reader {
	own := slices.Clone(r.Own())
	if i := slices.Index(own, c); i >= 0 {
		r.Currencies = slices.Delete(own, i, i+1)
	} else if len(own) < MaxCurrencies {
		r.Currencies = append(own, c)
	}
	return r
}

// Pairs returns the pairs of the reader's board: base in each of its currencies.
func (r Reader) Pairs(base rates.Currency) []rates.Pair {
	var pairs []rates.Pair
	for _, c := range r.Own() {
		if c != base {
			pairs = append(pairs, rates.Pair{Base: base, Quote: c})
		}
	}
	if len(pairs) == 0 { // it wants the base alone: what that costs at home
		pairs = append(pairs, rates.PairAtHome(base, r.Money()))
	}
	return pairs
}

// DefaultZone is where most of the region's readers live.
const DefaultZone = "Asia/Almaty"

// farZones are those of countries beyond the region where many of its people live.
var farZones = map[string]string{"GB": "Europe/London", "DE": "Europe/Berlin", "TR": "Europe/Istanbul", "AE": "Asia/Dubai"}

// guessZone returns the zone of a language's country, as far as one can guess.
func guessZone(tag language.Tag) *time.Location {
	name := DefaultZone
	base, _ := tag.Base()
	place, confidence := tag.Region()
	if c, ok := region.Speaking(base.String()); ok {
		name = c.Zone
	} else if c, ok := region.Find(place.String()); ok && confidence == language.Exact {
		name = c.Zone
	} else if far, ok := farZones[place.String()]; ok && confidence == language.Exact {
		name = far
	}
	zone, err := Zone(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

var zones sync.Map // by IANA name: *time.Location

// Zone returns an IANA zone. It is time.LoadLocation, which reads and parses a file
// each time, asked once for each zone.
func Zone(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil //nolint:forcetypeassert // nothing else is stored
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, zone) // only names that exist: there are a few hundred
	}
	return zone, err
}

// ErrZone says that a name is not an IANA time zone.
var ErrZone = errors.New("not a time zone")

// ianaZone reads an IANA zone name in any case, "Asia/Tashkent", or the name of its city
// alone.
func ianaZone(s string) (*time.Location, error) {
	if s == "" || strings.EqualFold(s, "local") || len(s) > 40 || !letters(s) {
		return nil, ErrZone
	}
	name := titled(s)
	for _, try := range []string{s, strings.ToUpper(s), name, "Asia/" + name, "Europe/" + name, "America/" + name, "Africa/" + name, "Australia/" + name} {
		if zone, err := Zone(try); err == nil {
			return zone, nil
		}
	}
	return nil, ErrZone
}

// letters reports whether a name is made of what the names of zones are made of.
func letters(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789/_-+ ") == "" && s[0] >= 'A'
}

// titled writes "new york" and "NEW_YORK" as the zone files do: "New_York".
func titled(s string) string {
	up := true
	return strings.Map(func(r rune) rune {
		defer func() { up = r == '/' || r == '_' || r == ' ' || r == '-' }()
		switch {
		case r == ' ':
			return '_'
		case up:
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// Forgotten is how much there was of a chat when it was forgotten.
type Forgotten struct{ Alerts, Digests, Watches, Feeds, Messages int }

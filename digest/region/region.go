// Package region lists the countries that habar is about: their codes, money, clocks and
// languages, once. Which word names a country is in words, what it is called in a
// reader's language in bot/message; both are tested against this list. It imports
// nothing of ours.
package region

import (
	"slices"
	"strings"
)

// A Country is one that habar is about.
type Country struct {
	Code      string   // ISO 3166-1 alpha-2, upper case: "KZ"
	Code3     string   // ISO 3166-1 alpha-3: "KAZ"
	Currency  string   // ISO 4217: "KZT"
	Zone      string   // IANA zone of its capital
	Others    []string // its other IANA zones
	Languages []string // BCP 47, the official ones, its own first
}

// Countries lists Central Asia in the order in which it is shown.
func Countries() []Country {
	return []Country{
		{"KZ", "KAZ", "KZT", "Asia/Almaty", []string{"Asia/Qostanay", "Asia/Qyzylorda", "Asia/Aqtobe", "Asia/Aqtau", "Asia/Atyrau", "Asia/Oral"}, []string{"kk", "ru"}},
		{"KG", "KGZ", "KGS", "Asia/Bishkek", nil, []string{"ky", "ru"}},
		{"TJ", "TJK", "TJS", "Asia/Dushanbe", nil, []string{"tg", "ru"}},
		{"UZ", "UZB", "UZS", "Asia/Tashkent", []string{"Asia/Samarkand"}, []string{"uz", "ru"}},
		{"TM", "TKM", "TMT", "Asia/Ashgabat", nil, []string{"tk", "ru"}},
	}
}

// Lower returns the alpha-2 code in lower case, as stories and commands use it: "kz".
func (c Country) Lower() string { return strings.ToLower(c.Code) }

// Flag returns the emoji flag of an ISO 3166-1 alpha-2 code in either case, a white flag
// for what is none.
func Flag(alpha2 string) string {
	if len(alpha2) != 2 {
		return "🏳"
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(alpha2) {
		b.WriteRune('🇦' + r - 'A')
	}
	return b.String()
}

// Find returns the country with an ISO 3166-1 code, alpha-2 or alpha-3, in either case.
func Find(code string) (Country, bool) {
	for _, c := range Countries() {
		if strings.EqualFold(code, c.Code) || strings.EqualFold(code, c.Code3) {
			return c, true
		}
	}
	return Country{}, false
}

// WithCurrency returns the country whose money this is (ISO 4217).
func WithCurrency(currency string) (Country, bool) {
	for _, c := range Countries() {
		if c.Currency == currency {
			return c, true
		}
	}
	return Country{}, false
}

// Speaking returns the country whose own language this is (BCP 47 primary), and false
// for a language that is spoken in several of them or in none.
func Speaking(language string) (Country, bool) {
	for _, c := range Countries() {
		if c.Languages[0] == language {
			return c, true
		}
	}
	return Country{}, false
}

// InZone returns the country that has an IANA zone, and false for one of no country here.
func InZone(zone string) (Country, bool) {
	for _, c := range Countries() {
		if zone == c.Zone || slices.Contains(c.Others, zone) {
			return c, true
		}
	}
	return Country{}, false
}

package trade

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habar/digest/region"
)

// Region lists the countries of Central Asia, ISO 3166 alpha-3, in the order in
// which they are shown.
func Region() []string { return slices.Clone(home) }

// home lists them; inRegion reports whether a country is one of them.
var home = func() (all []string) {
	for _, c := range region.Countries() {
		all = append(all, c.Code3)
	}
	return all
}()

func inRegion(code string) bool { return slices.Contains(home, code) }

// groups are the partners that are not countries.
var groups = map[string]bool{"EU": true, "CIS": true, "EAEU": true, "CA5": true, "SCO": true, "OTS": true}

// IsGroup reports whether a partner is a group of countries.
func IsGroup(partner string) bool { return groups[partner] }

// Alpha2 returns the ISO 3166 alpha-2 code of an alpha-3 one in lower case, or "".
func Alpha2(alpha3 string) string {
	r, err := language.ParseRegion(alpha3)
	if err != nil || !r.IsCountry() {
		return ""
	}
	return strings.ToLower(r.Canonicalize().String())
}

// names maps the names of all countries in English and Russian, and their codes, to
// alpha-3 codes.
var names = sync.OnceValue(func() map[string]string {
	m := map[string]string{"uk": "GBR", "usa": "USA", "uae": "ARE", "оаэ": "ARE", "сша": "USA", "кыргызстан": "KGZ", "киргизия": "KGZ", "türkiye": "TUR"}
	namers := []display.Namer{display.English.Regions(), display.Russian.Regions()}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() || len(r.ISO3()) != 3 || r.ISO3() == "ZZZ" {
				continue
			}
			m[strings.ToLower(r.String())], m[strings.ToLower(r.ISO3())] = r.ISO3(), r.ISO3()
			for _, n := range namers {
				if name := n.Name(r); name != "" {
					m[strings.ToLower(name)] = r.ISO3()
				}
			}
		}
	}
	return m
})

// ParseCountry reads a country's code or its English or Russian name, in any case.
func ParseCountry(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if code, ok := names()[s]; ok {
		return code, nil
	}
	return "", fmt.Errorf("%w %q", ErrUnknownCountry, s)
}

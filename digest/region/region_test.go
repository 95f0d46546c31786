package region

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// The list agrees with what the standards and the zone database say of each country.
func TestCountriesAgreeWithTheStandards(t *testing.T) {
	for _, c := range Countries() {
		r, err := language.ParseRegion(c.Code)
		if err != nil || r.ISO3() != c.Code3 {
			t.Errorf("%s: alpha-3 is %q, ISO 3166 has %q (%v)", c.Code, c.Code3, r.ISO3(), err)
		}
		if unit, ok := currency.FromRegion(r); !ok || unit.String() != c.Currency {
			t.Errorf("%s: its money is %s, CLDR has %s", c.Code, c.Currency, unit)
		}
		if _, err := time.LoadLocation(c.Zone); err != nil {
			t.Errorf("%s: %v", c.Code, err)
		}
		tag, _ := language.All.Compose(language.Und, r)
		if base, _ := tag.Base(); base.String() != c.Languages[0] && !slices.Contains(c.Languages, base.String()) {
			t.Errorf("%s: CLDR expects %s to be spoken, it has %v", c.Code, base, c.Languages)
		}
		if len([]rune(Flag(c.Code))) != 2 {
			t.Errorf("%s: flag %q", c.Code, Flag(c.Code))
		}
	}
}

func TestFind(t *testing.T) {
	for code, want := range map[string]string{"KZ": "KZT", "kz": "KZT", "KAZ": "KZT", "tkm": "TMT", "RU": "", "": "", "KAZA": ""} {
		if c, ok := Find(code); c.Currency != want || ok != (want != "") {
			t.Errorf("Find(%q) = %s, %t, want %q", code, c.Currency, ok, want)
		}
	}
	for lang, want := range map[string]string{"kk": "KZ", "uz": "UZ", "ru": "", "en": ""} {
		if c, _ := Speaking(lang); c.Code != want {
			t.Errorf("Speaking(%q) = %q, want %q", lang, c.Code, want)
		}
	}
}

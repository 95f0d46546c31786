package words

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"pgregory.net/rapid"
)

// What a language's file must have, and the keys that each section needs.
var required = map[string][]string{
	"currency": {"USD", "RUB", "KZT", "KGS", "TJS", "UZS", "TMT"},
	"number":   {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "20", "30", "40", "50", "60", "70", "80", "90"},
	"times":    {"100", "1000", "1000000"},
	"phrase":   {"skip"},
}

// missing returns what a language's file lacks, by name.
func missing(sections map[string]section) (lacks []string) {
	for _, name := range slices.Sorted(maps.Keys(required)) {
		for _, key := range required[name] {
			if len(sections[name][key]) == 0 {
				lacks = append(lacks, name+" "+key)
			}
		}
	}
	return lacks
}

func TestEveryLanguageHasItsWords(t *testing.T) {
	for _, lang := range Languages() {
		if _, err := language.Parse(lang); err != nil {
			t.Errorf("vocabulary/%s.toml is not named by a language (BCP 47): %v", lang, err)
		}
		for _, lack := range missing(vocabulary()[lang]) {
			if lack == "times 100" && lang == "ru" { // сто is a number, and двести is one word
				continue
			}
			t.Errorf("vocabulary/%s.toml has no words for %s", lang, lack)
		}
	}
	if got := missing(map[string]section{"currency": {"USD": {"dollar"}}}); len(got) < 20 || got[0] != "currency RUB" {
		t.Errorf("an empty language lacks %v", got)
	}
}

// The keys of a section are what the code reads: codes, numbers, months.
func TestKeysAreWhatTheyStandFor(t *testing.T) {
	for _, lang := range append(Languages(), shared) {
		for name, sec := range vocabulary()[lang] {
			for key, entries := range sec {
				var err error
				switch name {
				case "currency", "sign":
					_, err = currency.ParseISO(key)
				case "number", "times", "times.typed":
					_, err = decimal.NewFromString(key)
				case "month", "weekday", "ordinal", "window":
					_, err = strconv.Atoi(key)
				}
				if err != nil {
					t.Errorf("vocabulary/%s.toml: [%s] %s: %v", lang, name, key, err)
				}
				for _, e := range entries {
					if e != strings.ToLower(e) || strings.TrimSpace(e) == "" || strings.ContainsAny(e, "’‘ʻʼ`") {
						t.Errorf("vocabulary/%s.toml: [%s] %s: %q is not lower case with plain apostrophes", lang, name, key, e)
					}
				}
			}
		}
	}
}

func TestMatcher(t *testing.T) {
	m := NewMatcher(map[string][]string{
		"KZT": {"тенге", "=tg"}, "trade": {"trade"}, "deficit": {"trade deficit", "=deficit"}, "gap": {"trade =gap"}, "long": {"electrification"},
	})
	tests := []struct {
		text, longest string
		n             int
		all           []string
	}{
		{"тенгеге", "KZT", 1, []string{"KZT"}},
		{"tg", "KZT", 1, []string{"KZT"}},
		{"tgs", "", 0, nil},
		{"trades up", "trade", 1, []string{"trade"}},
		{"trade deficits rose", "deficit", 2, []string{"trade", "deficit"}},
		{"trade gap", "gap", 2, []string{"trade", "gap"}},
		{"trade gaps", "trade", 1, []string{"trade"}},
		{"deficits", "", 0, nil},
		{"electrif", "", 0, nil},
		{"electrifications", "long", 1, []string{"long"}},
		{"т", "", 0, nil},
	}
	for _, tt := range tests {
		words := strings.Fields(tt.text)
		if name, n := m.Longest(words, 0); name != tt.longest || n != tt.n {
			t.Errorf("%q is %q of %d words, want %q of %d", tt.text, name, n, tt.longest, tt.n)
		}
		if all := m.All(words, 0); !slices.Equal(all, tt.all) {
			t.Errorf("%q is all of %q, want %q", tt.text, all, tt.all)
		}
	}
	if got := m.Count([]string{"trade", "deficit", "tg", "tg"}); got["KZT"] != 2 || got["trade"] != 1 || got["deficit"] != 2 {
		t.Errorf("counted %v", got)
	}
}

// A matcher finds what a search through all entries finds.
func TestMatcherIsASearchThroughAllEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`=?[aбc]{1,8}( =?[aбc]{1,8})?`)
		entries := rapid.SliceOfN(word, 1, 6).Draw(t, "entries")
		text := strings.Fields(rapid.StringMatching(`[aбc]{1,9} [aбc]{1,9}`).Draw(t, "text"))
		names := map[string][]string{}
		for i, e := range entries {
			names[strconv.Itoa(i)] = []string{e}
		}
		var want []string
		for i, e := range entries {
			parts, fits := strings.Fields(e), true
			for j, p := range parts {
				bare, whole := strings.CutPrefix(p, "=")
				fits = fits && j < len(text) && strings.HasPrefix(text[j], bare) && (!whole || text[j] == bare)
			}
			if fits {
				want = append(want, strconv.Itoa(i))
			}
		}
		got := NewMatcher(names).All(text, 0)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, want %v", text, entries, got, want)
		}
	})
}

func TestReaderReadsFigures(t *testing.T) {
	r := NewReader("en", "ru")
	tests := []struct {
		text  string
		comma bool // decimal
		want  string
	}{
		{"$78.18 billion", false, "78180000000 USD magnitude 3"},
		{"US$5 mln", false, "5000000 USD magnitude 4"},
		{"usd 500", false, "500 USD 2"},
		{"8,14 млрд долларов США", true, "8140000000 USD magnitude 4"},
		{"1 млрд 420 млн рублей", true, "1420000000 RUB magnitude 5"},
		{"19.9%", false, "19.9 percent 2"},
		{"17-percent", false, "17 percent 3"},
		{"12,986 тонны", true, "12.986 1"},
		{"405,100 tons", false, "405100 1"},
		{"1,5 млн. евро", true, "1500000 EUR magnitude 4"},
		{"12.05.2026", false, "none"},
		{"try 5 methods", false, "none"},
		{"€43 bn", false, "43000000000 EUR magnitude 3"},
		{"70 миллионов сомов", true, "70000000 KGS magnitude 3"},
		{"five", false, "none"},
		{"5,1 млрд долл. в январе", true, "5100000000 USD magnitude 3"},
		{"5,1 млрд долл. США", true, "5100000000 USD magnitude 5"},
		{"10 млрд руб.", true, "10000000000 RUB magnitude 3"},
		{"27 European countries", false, "27 1"},
		{"12 европейских стран", true, "12 1"},
		{"5 eurobonds", false, "5 1"},
		{"30 poundings", false, "30 1"},
		{"12 процентах", true, "12 percent 2"},
		{"процентная", false, "none"},
		{"5 процентных", true, "5 1"},
	}
	for _, tt := range tests {
		m, n := r.At(Split(tt.text), 0, tt.comma)
		got := "none"
		if n > 0 {
			got = m.Value.String()
			if m.Currency != "" {
				got += " " + m.Currency
			}
			if m.Percent {
				got += " percent"
			}
			if m.Magnitude {
				got += " magnitude"
			}
			got += " " + strconv.Itoa(n)
		}
		if got != tt.want {
			t.Errorf("%q is %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestMonthsAndWeekdays(t *testing.T) {
	r := NewReader("en", "ru")
	for word, want := range map[string]time.Month{
		"january": 1, "марта": 3, "мая": 5, "may": 5, "сентябре": 9, "декабрь": 12, "mayor": 0, "августовский": 0, "маяк": 0, "": 0,
	} {
		if word == "" {
			continue
		}
		if got := r.Month(word); got != want {
			t.Errorf("%q is month %d, want %d", word, got, want)
		}
	}
	for word, want := range map[string]string{"mon": "Monday", "вс": "Sunday", "СБ": "Saturday", "may": ""} {
		if d, ok := Weekday(word); ok != (want != "") || ok && d.String() != want {
			t.Errorf("%q is %s, %t, want %q", word, d, ok, want)
		}
	}
}

func TestNumberAt(t *testing.T) {
	for text, want := range map[string]string{
		"1.5 k": "1500 2", "пятьсот": "500 1", "two hundred and fifty thousand": "250000 5", "ming": "1000 1", "бес мың": "5000 2", "k": "0 0",
		"1 000,50": "1000.5 1", "yarim million": "500000 2", "100 20": "100 1", "usd": "0 0", "сӣ ҳазор": "30000 2", "ýüz": "100 1",
	} {
		value, n, err := NumberAt(Tokens(text))
		if got := value.String() + " " + strconv.Itoa(n); err != nil || got != want {
			t.Errorf("%q is %s, %v, want %s", text, got, err, want)
		}
	}
	if _, _, err := NumberAt(Tokens("9999999999999 million")); err == nil {
		t.Error("more money than there is was read")
	}
}

func FuzzFigures(f *testing.F) {
	for _, s := range []string{"$1.2 bn", "1 млрд 420 млн", "17-percent", "us $", "-", "5,5,5"} {
		f.Add(s)
	}
	r := NewReader("en", "ru")
	f.Fuzz(func(t *testing.T, text string) {
		words := Split(text)
		for i := range words {
			m, n := r.At(words, i, i%2 == 0)
			if n < 0 || i+n > len(words) || n > 0 && m.Value.IsNegative() {
				t.Errorf("%q at %d: %+v of %d words", text, i, m, n)
			}
			if month := r.Month(words[i]); month < 0 || month > 12 {
				t.Errorf("%q is month %d", words[i], month)
			}
		}
		if value, n, err := NumberAt(Tokens(text)); err == nil && n > 0 && value.IsNegative() {
			t.Errorf("%q is %s", text, value)
		}
	})
}

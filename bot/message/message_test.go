package message

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/shopspring/decimal"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/region"
	"habar/digest/words"
)

var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func voice(lang string) Voice { return To(reader.New(7, lang), noon) }

func TestRate(t *testing.T) {
	tests := []struct{ in, en, ru string }{
		{"478.77", "478.77", "478,77"},
		{"87.4500", "87.45", "87,45"},
		{"9.3450", "9.3450", "9,3450"},
		{"3.5", "3.50", "3,50"},
		{"12194.21", "12,194.21", "12\u00a0194,21"},
		{"1", "1.00", "1,00"},
		{"0.01144", "0.01144", "0,01144"},
		{"0.00008200614586", "0.00008201", "0,00008201"},
		{"0.0393", "0.0393", "0,0393"},
		{"1234567.891", "1,234,567.89", "1\u00a0234\u00a0567,89"},
		{"99.999", "100.00", "100,00"},
	}
	for _, tt := range tests {
		d := decimal.RequireFromString(tt.in)
		if en, ru := voice("en").rate(d), voice("ru").rate(d); en != tt.en || ru != tt.ru {
			t.Errorf("%s is shown as %q and %q, want %q and %q", tt.in, en, ru, tt.en, tt.ru)
		}
	}
}

func TestPercentIsNeverANegativeZero(t *testing.T) {
	for in, want := range map[string]string{
		"0": "▬", "-0.001": "▬", "0.004": "▬", "-0.57": "▼\u00a00.57%", "1.20": "▲\u00a01.2%", "1234.5": "▲\u00a01,234.5%", "-10": "▼\u00a010%",
	} {
		if got := voice("en").percent(decimal.RequireFromString(in)); got != want {
			t.Errorf("%s is shown as %q, want %q", in, got, want)
		}
	}
}

func TestNaturalScalesTheInverse(t *testing.T) {
	for in, want := range map[string]string{"2.5": "1 2.5", "0.107": "100 10.7", "0.0020887": "1000 2.0887", "0.000082": "10000 0.82"} {
		units, price := natural(decimal.RequireFromString(in))
		if got := units.String() + " " + price.String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestLarge(t *testing.T) {
	tests := []struct{ in, unit, en, ru string }{
		{"6730000000", "USD", "$6.73 bn", "6,73 млрд $"},
		{"-3470000000", "USD", "−$3.47 bn", "−3,47 млрд $"},
		{"5100000000", "USD", "$5.10 bn", "5,10 млрд $"},
		{"758000000", "USD", "$758 m", "758 млн $"},
		{"910800000", "RUB", "910.8 m\u00a0RUB", "910,8 млн\u00a0RUB"},
		{"405100", "USD", "$405,100", "405\u00a0100 $"},
	}
	for _, tt := range tests {
		d := decimal.RequireFromString(tt.in)
		if en, ru := voice("en").large(d, tt.unit), voice("ru").large(d, tt.unit); en != tt.en || ru != tt.ru {
			t.Errorf("%s %s is shown as %q and %q, want %q and %q", tt.in, tt.unit, en, ru, tt.en, tt.ru)
		}
	}
}

func TestDates(t *testing.T) {
	v := voice("en")
	for got, want := range map[string]string{
		v.day(noon):                                         "1 Apr",
		v.day(noon.AddDate(0, 0, 1)):                        "2 Apr",
		v.day(noon.AddDate(0, -3, 0)):                       "1 Jan 2026", // this year, but far
		v.day(noon.AddDate(-1, 0, 0)):                       "1 Apr 2025",
		v.ago(noon.Add(-5 * time.Minute)):                   "5 min ago",
		v.ago(noon.Add(-3 * time.Hour)):                     "3 h ago",
		v.ago(noon.Add(-50 * time.Hour)):                    "30 Mar",
		v.period("2025-01/2025-08"):                         "Jan–Aug 2025",
		v.period("2024-11/2025-02"):                         "Nov 2024 – Feb 2025",
		v.period("2025-07"):                                 "Jul 2025",
		v.period("2024"):                                    "2024",
		v.period(""):                                        "",
		offset(v.now):                                       "UTC+5",
		voice("ru").age(rates.Day(noon.AddDate(0, 0, -21))): "21 день назад",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	evil := `<b>&"'</b><script>`
	for name, got := range map[string]html{
		"text": text(evil), "link's label": link("https://x.example", text(evil)), "link's address": link(`https://x.example/"><script>`, "x"), "no address": link("javascript:alert(1)", "x"),
	} {
		if strings.Contains(string(got), "<script") || strings.Contains(string(got), "javascript:") {
			t.Errorf("%s: %s", name, got)
		}
	}
	m := voice("en").Fired(delivery.AlertPayload{Fired: alert.Fired{Terms: alert.Terms{Pair: rates.Pair{Base: "<b>", Quote: "<i>"}, Kind: alert.Level, Direction: alert.Up, Amount: decimal.NewFromInt(1)}, Value: decimal.NewFromInt(1), Source: "<u>"}}, rates.Course{}, voice("en").now)
	if strings.Contains(m.HTML, "<u>") || strings.Contains(m.HTML, "<b></b>") {
		t.Errorf("an alert with markup in its facts: %s", m.HTML)
	}
}

// entries flattens a locale file to its message ids, with the plural forms of each.
func entries(t *testing.T, name string) map[string][]string {
	t.Helper()
	raw, err := fs.ReadFile(localeFiles, "locales/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	var walk func(string, map[string]any)
	walk = func(prefix string, node map[string]any) {
		for key, value := range node {
			switch child := value.(type) {
			case string:
				if form := strings.TrimSuffix(prefix, "."); isForm(key) {
					all[form] = append(all[form], key)
				} else {
					all[prefix+key] = nil
				}
			case map[string]any:
				walk(prefix+key+".", child)
			}
		}
	}
	walk("", tree)
	return all
}

func isForm(key string) bool {
	return slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, key)
}

// Every locale has every entry, with the plural forms that its language needs (CLDR)
// and the same arguments.
func TestLocalesAreComplete(t *testing.T) {
	files, err := fs.ReadDir(localeFiles, "locales")
	if err != nil {
		t.Fatal(err)
	}
	english := entries(t, "en.toml")
	for _, f := range files {
		own := entries(t, f.Name())
		tag := language.MustParse(strings.TrimSuffix(f.Name(), ".toml"))
		for _, id := range slices.Sorted(maps.Keys(english)) {
			forms, ok := own[id]
			if !ok {
				t.Errorf("%s lacks %s", f.Name(), id)
			}
			if len(english[id]) == 0 {
				continue
			}
			for _, need := range pluralForms(tag) {
				if !slices.Contains(forms, need) {
					t.Errorf("%s: %s lacks the plural %q", f.Name(), id, need)
				}
			}
		}
		for id := range own {
			if _, ok := english[id]; !ok {
				t.Errorf("%s has %s, which English has not", f.Name(), id)
			}
		}
	}
}

func pluralForms(tag language.Tag) []string {
	names := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	set := map[string]bool{"other": true}
	for n := range 200 {
		set[names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]] = true
	}
	return slices.Sorted(maps.Keys(set))
}

var used = regexp.MustCompile(`(?:\.t|\.label|\.say|\.has)\("([a-z_]+\.?[a-z_]*)"`)

// Every entry that the code asks for by its full name is there.
func TestEveryEntryThatIsUsedExists(t *testing.T) {
	english := entries(t, "en.toml")
	files, err := fs.Glob(sources(), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		code, err := fs.ReadFile(sources(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(code), -1) {
			n++
			if _, ok := english[m[1]]; !ok && !strings.HasSuffix(m[1], ".") && !strings.HasSuffix(m[1], "_") {
				t.Errorf("%s asks for %q, which no locale has", f, m[1])
			}
		}
	}
	for _, r := range reasons {
		if _, ok := english["reason."+r.id]; !ok {
			t.Errorf("no words for reason.%s", r.id)
		}
	}
	if n < 50 {
		t.Errorf("only %d uses found: the pattern no longer reads the code", n)
	}
}

func TestLocaleForTheRegion(t *testing.T) {
	spoken := map[string]bool{}
	for _, tag := range Languages() {
		spoken[tag.String()] = true
	}
	for lang, want := range map[string]string{"en": "en", "en-GB": "en", "ru": "ru", "kk": "ru", "uz": "ru", "ky": "ru", "tg": "ru", "tk": "ru", "de": "en", "": "en"} {
		if spoken[lang] {
			want = lang // its own, once habar speaks it
		}
		if got := voice(lang).locale.tag.String(); got != want {
			t.Errorf("a reader of %q is spoken to in %s, want %s", lang, got, want)
		}
	}
}

// What a locale must have besides the entries that the code asks for by their full name:
// one for each thing in the lists of the program. A new publisher, country, topic or kind
// of alert is named here until every language names it.
func TestLocalesNameEverythingInTheLists(t *testing.T) {
	for _, tag := range Languages() {
		for _, lack := range lacksOf(localeFor(tag), rates.Publishers(), region.Countries(), news.Topics(), alert.Kinds()) {
			t.Errorf("locales/%s.toml has no %s", tag, lack)
		}
		for _, p := range offers.All() {
			if !localeFor(tag).has("offers_source." + p.ID) {
				t.Errorf("locales/%s.toml has no offers_source.%s", tag, p.ID)
			}
		}
		for _, k := range offers.Kinds() {
			if !localeFor(tag).has("offers_kind." + string(k)) {
				t.Errorf("locales/%s.toml has no offers_kind.%s", tag, k)
			}
		}
	}
	got := lacksOf(localeFor(language.English), []rates.Publisher{{ID: "zzz"}}, []region.Country{{Code: "ZZ"}}, []string{"zzz"}, nil)
	want := []string{"source.zzz", "source_full.zzz", "country.zz", "topic.zzz"}
	if !slices.Equal(got, want) {
		t.Errorf("a new publisher, country and topic lack %q, want %q", got, want)
	}
}

func lacksOf(l *locale, publishers []rates.Publisher, countries []region.Country, topics []string, kinds []alert.Kind) (lacks []string) {
	need := func(ids ...string) {
		for _, id := range ids {
			if !l.has(id) && !slices.Contains(lacks, id) {
				lacks = append(lacks, id)
			}
		}
	}
	for _, p := range publishers {
		need("source."+p.ID, "source_full."+p.ID)
	}
	for _, c := range countries {
		need("country." + c.Lower())
	}
	for _, topic := range topics {
		need("topic." + topic)
	}
	for _, k := range kinds {
		for _, a := range everyFormOf(k) {
			shown := a.Shown()
			need(shown.Condition, shown.Plan, shown.Event)
		}
	}
	return lacks
}

// everyFormOf returns alerts of a kind whose terms take every form that it is shown in:
// started and not.
func everyFormOf(k alert.Kind) (all []alert.Alert) {
	reading := standsAt("500")
	g := alert.Gauge{Pair: reading.Rate.Pair}
	rows := alert.Suggest(k, alert.Gauge{Pair: g.Pair, Market: counter}, reading)
	if k != alert.Gap {
		rows = append(rows, alert.Suggest(k, g, reading)...)
	} else {
		rows = append(rows, []alert.Terms{{Pair: g.Pair, Market: counter, Kind: k, Amount: decimal.NewFromInt(3)}})
	}
	for _, row := range rows {
		for _, terms := range row {
			if !terms.Market.Official() && terms.Window > 0 {
				continue // which nobody can ask for
			}
			all = append(all, alert.Alert{ID: 1, Terms: terms}, alert.Alert{ID: 1, Terms: terms}.Arm(reading))
		}
	}
	return all
}

// counter is where somebody sells over a counter in Almaty.
var counter = alert.Market{Kind: offers.Cash, Side: offers.Selling, City: "almaty"}

// standsAt is a reading of USD/KZT that was 500 on all days before; over the counter as much is paid.
func standsAt(value string) alert.Reading {
	at := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	q := rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Value: decimal.RequireFromString(value), Source: rates.NBK, Effective: rates.Day(at)}
	r := alert.Reading{At: at, Rate: rates.Rate{Pair: q.Pair, Value: q.Value, Legs: []rates.Quote{q}}, References: map[alert.Gauge]decimal.Decimal{}}
	r.Best = map[alert.Market]offers.Offer{counter: {Publisher: "kurskz", Institution: "Обменник 1", City: "almaty", Kind: offers.Cash, Pair: q.Pair, Buy: q.Value, Said: at}}
	r.References[alert.Gauge{Pair: q.Pair, Market: counter, Basis: alert.OfOfficial}] = decimal.NewFromInt(500)
	for _, days := range []int{1, 7, 30, 90, 365} {
		for _, basis := range []alert.Basis{alert.OfChange, alert.OfHigh, alert.OfLow} {
			r.References[alert.Gauge{Pair: q.Pair, Basis: basis, Days: days}] = decimal.NewFromInt(500)
		}
	}
	return r
}

// fired is what a reader is told when the rate moves far enough for an alert.
func fired(t *testing.T, a alert.Alert) alert.Fired {
	t.Helper()
	for _, value := range []string{"5000", "0.5"} {
		r := standsAt(value)
		r.At = r.At.Add(2 * time.Hour)
		if _, side := a.Arm(standsAt("500")).Step(r); side != alert.Either {
			before := a.Arm(standsAt("500"))
			f := alert.Firing{Before: before, Side: side, Value: r.Rate.Value, Reference: r.References[before.Gauge()], Legs: r.Rate.Legs}
			if !a.Market.Official() {
				best := r.Best[counter]
				f.Offer = &best
				return f.Fired(standsAt("500").Rate, decimal.Zero)
			}
			return f.Fired(r.Rate, decimal.NewFromInt(500))
		}
	}
	t.Errorf("%s %q never fires", a.Kind, a.Words())
	return alert.Fired{Terms: a.Terms}
}

// unfilled is what a template leaves where a value is missing.
var unfilled = regexp.MustCompile(`<no value>|alert\.|  | [,.:;]|[(«]\s|▬`)

// Alerts of every kind are shown in every language with their pair, and with nothing that
// was not filled in; what fired, with how far the rate moved.
func TestAlertsOfEveryKindAreShown(t *testing.T) {
	for _, tag := range Languages() {
		v := voice(tag.String())
		for _, k := range alert.Kinds() {
			seen := map[string]string{}
			for _, a := range everyFormOf(k) {
				condition := v.condition(a)
				said := map[string]string{"condition": condition, "plan": string(v.plan(a)), "event": string(v.event(fired(t, a)))}
				for name, said := range said {
					if !strings.Contains(said, "USD/KZT") || unfilled.MatchString(said) {
						t.Errorf("%s: the %s of %s %q is %q", tag, name, k, a.Words(), said)
					}
				}
				if other, ok := seen[condition]; ok && other != a.Words() {
					t.Errorf("%s: %q and %q are both shown as %q", tag, other, a.Words(), condition)
				}
				seen[condition] = a.Words()
			}
		}
	}
}

// Two languages that say the same of anything longer than a name: one is not translated. Kazakh
// and Kyrgyz are so near that two words may be the same.
func TestLocalesAreTranslated(t *testing.T) {
	said := map[string]map[string]string{}
	for _, tag := range Languages() {
		said[tag.String()] = textsOf(t, tag.String()+".toml")
	}
	for a, of := range said {
		for b, other := range said {
			for _, id := range slices.Sorted(maps.Keys(of)) {
				if command := strings.HasPrefix(of[id], "/"); a < b && of[id] == other[id] && !command && (a != "kk" || b != "ky" || len(strings.Fields(of[id])) != 2) && len(strings.FieldsFunc(slots.ReplaceAllString(of[id], ""), unicode.IsSpace)) > 1 {
					t.Errorf("%s and %s have the same words for %s: %q", a, b, id, of[id])
				}
			}
		}
	}
}

// textsOf returns what a locale says, by the full name of each entry and form.
func textsOf(t *testing.T, name string) map[string]string {
	t.Helper()
	var tree map[string]any
	if _, err := toml.DecodeFS(localeFiles, "locales/"+name, &tree); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	var walk func(string, map[string]any)
	walk = func(prefix string, node map[string]any) {
		for key, value := range node {
			switch child := value.(type) {
			case string:
				all[prefix+key] = child
			case map[string]any:
				walk(prefix+key+".", child)
			}
		}
	}
	walk("", tree)
	return all
}

var slots = regexp.MustCompile(`\{\{[^}]*\}\}|<[^>]*>|[^\p{L}\s]`)

// A language that habar speaks is also read: what its reader types for alerts, hours and
// days is in the vocabulary.
func TestEveryLocaleHasItsVocabulary(t *testing.T) {
	for _, tag := range Languages() {
		for _, lack := range unread(tag.String()) {
			t.Errorf("digest/words/vocabulary/%s.toml has no %s: what its readers type is not understood", tag, lack)
		}
	}
	if got := unread("xx"); len(got) < 10 {
		t.Errorf("a language without a vocabulary lacks only %q", got)
	}
}

func unread(lang string) (lacks []string) {
	need := map[string][]string{
		"alert":   slices.DeleteFunc(slices.Sorted(maps.Keys(words.Own("alert", "en"))), func(key string) bool { return key == "over" }), // "2% over 7 days" is English
		"window":  {"1", "7", "30"},
		"weekday": {"0", "1", "2", "3", "4", "5", "6"},
		"days":    {"every", "working"},
		"month":   {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"},
		"number":  {"1", "10"},
		"times":   {"1000", "1000000"},
		"measure": {"percent"},
	}
	for _, section := range slices.Sorted(maps.Keys(need)) {
		for _, key := range need[section] {
			if len(words.Own(section, lang)[key]) == 0 {
				lacks = append(lacks, section+" "+key)
			}
		}
	}
	return lacks
}

func sources() fs.FS { return os.DirFS(".") }

package trade

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/words"
)

// What is no fact on trade by what it is, whatever the weights say: each text has what looks
// like the fact that is named.
func TestWhatIsNoFact(t *testing.T) {
	day := time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)
	for name, one := range map[string]struct{ title, text, not string }{
		"re-exports":                   {"Kazakhstan's trade", "Kazakhstan's re-exports to Russia came to $1.2 billion in 2024.", "KAZ RUS exports value 1200000000 USD 2024"},
		"a figure that is disputed":    {"Kyrgyzstan and Uzbekistan", "The ministry disputed that trade between Kyrgyzstan and Uzbekistan had reached $1 billion in 2024.", "KGZ UZB turnover value 1000000000 USD 2024"},
		"since another month":          {"Trade of Kazakhstan", "In October 2025 Kazakhstan's imports from China were 6% higher than in September.", "KAZ CHN imports change 6 % 2025-10"},
		"from another month":           {"Trade of Uzbekistan", "In October 2025 Uzbekistan's imports rose 4% from September.", "UZB world imports change 4 % 2025-10"},
		"к другому месяцу":             {"Импорт Узбекистана", "В октябре 2025 года импорт Узбекистана вырос на 8% к сентябрю.", "UZB world imports change 8 % 2025-10"},
		"месяцем ранее":                {"Торговля Казахстана с Китаем", "В октябре 2025 года товарооборот Казахстана с Китаем составил 4,4 млрд долларов, что на 2,1% больше, чем месяцем ранее.", "KAZ CHN turnover change 2.1 % 2025-10"},
		"shares of trade with a group": {"Trade of Tajikistan with the EAEU", "In 2024 Russia held 57% of Tajikistan's trade with the EAEU and Kazakhstan 40%.", "TJK RUS turnover share 57 % 2024"},
		"members among themselves":     {"Итоги Евразийского союза", "Объём взаимной торговли государств – членов ЕАЭС в 2024 году составил 97 млрд долларов.", "EAEU"},
		"several together":             {"Импорт Таджикистана", "В 2024 году Латвия и Литва вместе обеспечили 38,9 млн долларов импорта Таджикистана.", "TJK LTU imports value 38900000 USD 2024"},
		"told twice":                   {"Экспорт Узбекистана", "Экспорт Узбекистана в 2024 году вырос почти на четверть — на 24,3 процента.", "UZB world exports change 25 % 2024"},
	} {
		for _, f := range Extract(one.title, one.text, day) {
			if got := f.String(); strings.HasPrefix(got, one.not) || got == one.not {
				t.Errorf("%s: %q gives %s", name, one.text, got)
			}
		}
	}
	for _, text := range []string{
		"In October 2025 Kazakhstan's imports from China were 6% higher than in October 2024.",
		"In October 2025 Kazakhstan's imports from China rose 6% from October 2024.",
		"В октябре 2025 года импорт Казахстана из Китая вырос на 6% к октябрю 2024 года.",
	} {
		if all := Extract("Kazakhstan", text, day); len(all) != 1 || all[0].Metric != Change {
			t.Errorf("%q, which is since the same month of the year before, gives %v", text, all)
		}
	}
}

// A sentence that is only a country's name belongs to the one behind it; the same word for
// word in the article.
func TestNamesBeforeFigures(t *testing.T) {
	text := "Товарооборот Казахстана за январь—июль 2025 года достиг $84,2 млрд (+5,3%).\n\n1. Китай. $20,8 млрд (+14,6%), доля — 24,7%.\n2. Россия. $15,4 млрд (–1,9%), доля — 18,3%.\n3. Италия. $9,3 млрд (–6,2%), доля — 11%."
	var got []string
	for _, f := range Extract("Торговые партнёры Казахстана", text, time.Date(2025, 9, 10, 0, 0, 0, 0, time.UTC)) {
		if !strings.Contains(text, f.Sentence) {
			t.Errorf("%q does not stand in the text", f.Sentence)
		}
		got = append(got, f.String())
	}
	for _, want := range []string{"KAZ CHN turnover value 20800000000 USD 2025-01/2025-07", "KAZ RUS turnover change -1.9 % 2025-01/2025-07", "KAZ ITA turnover share 11 % 2025-01/2025-07"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not among %q", want, got)
		}
	}
	for s, want := range map[string]bool{"Китай.": true, "China.": true, "China fell.": false, "Imports doubled.": false, "China, Russia.": false, "China": false, "China. $3 billion.": false} {
		if got := lexiconOf("en").isName(s); got != want {
			t.Errorf("isName(%q) = %v", s, got)
		}
	}
}

// An amount that is more than a country's trade with all the world is not that with one
// partner; "of the country" names none.
func TestWholeTradeIsNotThatWithOnePartner(t *testing.T) {
	for text, want := range map[string]string{
		"С июля по сентябрь 2025 года внешнеторговый оборот страны равнялся 36,3 млрд долларов. На Китай пришлось 9,1 млрд, на Россию — 7,2 млрд. Китай остаётся главным партнёром.":                 "KAZ world turnover value 36300000000 USD 2025-07/2025-09",
		"Казахстан и Китай расширяют торговлю. Товарооборот страны в 2024 году составил 141,4 млрд долларов, торговля с Китаем — 43,8 млрд.":                                                         "KAZ world turnover value 141400000000 USD 2024",
		"The trade of Kazakhstan came to $104.6 billion in January-September 2025. China is its largest partner. Kazakhstan's trade with China was $32.5 billion, or 31.1% of its overall turnover.": "KAZ world turnover value 104600000000 USD 2025-01/2025-09",
	} {
		found := false
		for _, f := range Extract("Казахстан подвёл итоги", text, time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)) {
			found = found || f.String() == want
			if f.Partner == "CHN" && f.Metric == Value && f.Value.GreaterThan(decimal.New(50, 9)) {
				t.Errorf("%q gives %s", text, f)
			}
		}
		if !found {
			t.Errorf("%q does not give %s", text, want)
		}
	}
}

// A list of a message is of what its heading asks.
func TestListsOfQuestions(t *testing.T) {
	text := "▪️ Exports – $6.7 bn (−5.2% y/y)\n▪️ Imports – $5.7 bn (+11.6% y/y)\n\n🔝 Who buys from us:\n🇮🇹 Italy – $1.31 bn\n🇨🇳 China – $1.22 bn\n\n🛒 Who sells to us:\n🇨🇳 China – $1.74 bn\n🇷🇺 Russia – $1.63 bn"
	got := map[string]Flow{}
	for _, f := range Extract("🇰🇿 Kazakhstan's trade in September 2025", text, time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)) {
		got[f.Value.String()] = f.Flow
	}
	for value, want := range map[string]Flow{"1310000000": Exports, "1220000000": Exports, "1740000000": Imports, "1630000000": Imports} {
		if got[value] != want {
			t.Errorf("%s is of %q, want %s", value, got[value], want)
		}
	}
}

// Each figure is held against all others, so a text of thousands is not read to its end: what
// stands first is.
func TestOfThousandsOfFiguresTheFirstAreRead(t *testing.T) {
	line := "In 2024 Kazakhstan's exports to China were $15 billion and to Russia $9 billion.\n"
	read := func(n int) int {
		a := newArticle("Trade of Kazakhstan", "", time.Time{})
		a.model, a.read = weights(), weights().likely
		a.walk(strings.Repeat(line, n), func([]Fact) {}, func(s string, item bool) { a.sentence(s, item) })
		return len(a.opinions)
	}
	if few, many := read(100), read(3000); few != 200 || many != maxInAll {
		t.Errorf("of 200 figures %d are read, of 6,000 %d", few, many)
	}
	if all := Extract("Trade of Kazakhstan", strings.Repeat(line, 3000), time.Time{}); len(all) == 0 {
		t.Error("the first figures give no fact")
	}
}

// The excerpt of a feed, which is one sentence, is as sure as its words are.
func TestAFactAloneIsSure(t *testing.T) {
	for _, one := range [][2]string{
		{"Экспорт Кыргызстана", "По итогам 2024 года экспорт Кыргызстана составил 2,1 млрд долларов."},
		{"Kazakhstan and China", "Kazakhstan's exports to China reached $15 billion in 2024."},
		{"Uzbekistan's trade", "Uzbekistan's foreign trade turnover amounted to $66.2 billion in January-October 2025, up 9.1% year-on-year."},
	} {
		all := Extract(one[0], one[1], time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC))
		if len(all) == 0 || !all[0].Sure() {
			t.Errorf("%q gives %v", one[1], all)
		}
	}
}

// Every country that an article may name has its scale, and every currency of figures an
// exchange rate.
func TestScaleHasEveryCountry(t *testing.T) {
	for _, lang := range words.With("trade.country") {
		for code := range words.Section("trade.country", lang) {
			if code != "none" && scale()[code] == 0 {
				t.Errorf("%s of %s has no scale", code, lang)
			}
		}
	}
	for code, value := range scale() {
		if value < 1e9 || value > 1e13 {
			t.Errorf("%s trades %v dollars a year", code, value)
		}
	}
}

// contextOf reads a sentence up to its first figure.
func contextOf(text, held string) *context {
	a := newArticle("", text, time.Time{})
	a.held = held
	s := &sentence{text: text, tokens: a.words.lex(text)}
	a.complete(s)
	x := newContext(a, s, s.numbers[0])
	x.measure()
	return x
}

// An amount is held against a year's trade of a country, in dollars, one way or both, going
// by the months that it is of.
func TestMagnitude(t *testing.T) {
	for _, one := range []struct {
		text, held, country string
		flow                Flow
		want                string
	}{
		{"Trade was $125 billion", "2024", "KAZ", Turnover, "under3"},
		{"Trade was $104.6 billion", "2025-01/2025-09", "KAZ", Turnover, "under3"},
		{"Trade was $104.6 billion", "2025-01/2025-09", "CHN", Turnover, "under1/30"},
		{"Exports were $20 million", "2024", "KAZ", Exports, "under1/1000"},
		{"Exports were 20 billion tenge", "2024", "KAZ", Exports, "under1/1000"},
		{"Exports were $20 billion", "2024", "KAZ", Exports, "under1"},
		{"Exports were $20 billion", "2024-01", "KAZ", Exports, "more"},
		{"Exports grew by 20 percent", "2024", "KAZ", Exports, "unknown"},
		{"Exports were $20 million", "2024", "ATA", Exports, "unknown"},
	} {
		if got := magnitudes[contextOf(one.text, one.held).magnitude(one.country, one.flow)]; got != one.want {
			t.Errorf("%q of %s is %s of %s, want %s", one.text, one.held, got, one.country, one.want)
		}
	}
}

// The trade of a group's members with each other is nobody's with the group.
func TestAmongMembers(t *testing.T) {
	check := func(want bool, texts ...string) {
		for _, text := range texts {
			x := contextOf(text, "2024")
			at := slices.IndexFunc(x.s.tokens, func(t token) bool { return t.kind == flow })
			if got := x.amongMembers(&flowSource{at: at, token: x.s.tokens[at]}); got != want {
				t.Errorf("%q is among members: %v", text, got)
			}
		}
	}
	check(true,
		"Объём взаимной торговли государств – членов ЕАЭС составил 97 млрд долларов",
		"Mutual trade of the EAEU states totalled $97 billion",
	)
	check(false,
		"Взаимная торговля Казахстана со странами ЕАЭС составила 30 млрд долларов",
		"Mutual trade with the EAEU totalled $30 billion, Kazakhstan says",
		"Foreign trade of the EAEU states totalled $600 billion",
		"Bilateral trade between Kazakhstan and Uzbekistan, both of the CIS, came to $4 billion now",
	)
}

// What the figures of an article say of each other counts: exports and imports that come to
// the turnover, a share that two amounts come to.
func TestFiguresOfAnArticleAreWeighedTogether(t *testing.T) {
	value := func(partner string, f Flow, v int64) reading {
		return reading{metric: Value, country: "KAZ", partner: partner, flow: f, value: decimal.NewFromInt(v), unit: "USD", period: "2024", p: 0.9}
	}
	share := reading{metric: Share, country: "KAZ", partner: "CHN", flow: Turnover, value: decimal.NewFromInt(30), unit: "%", period: "2024", p: 0.9}
	of := func(rs ...reading) *whole {
		a := &article{main: "KAZ"}
		for _, r := range rs {
			a.opinions = append(a.opinions, opinion{sentence: 1, readings: []reading{r}})
		}
		return newWhole(a)
	}
	has := func(p part, k key) bool { return slices.Contains(p, k) }
	for _, one := range []struct {
		name  string
		w     *whole
		i     int
		holds key
	}{
		{"a sum that fits", of(value("", Turnover, 140), value("", Exports, 80), value("", Imports, 60)), 0, fWholeSums.with(flowCode(Turnover), 1)},
		{"a sum that does not", of(value("", Turnover, 140), value("", Exports, 80), value("", Imports, 70)), 1, fWholeSums.with(flowCode(Exports), 2)},
		{"a share that fits", of(value("", Turnover, 140), value("CHN", Turnover, 42), share), 2, fWholeRatio.with(mShare, 1)},
		{"a share that does not", of(value("", Turnover, 140), value("CHN", Turnover, 80), share), 2, fWholeRatio.with(mShare, 2)},
		{"a partner that is more than all", of(value("", Turnover, 140), value("CHN", Turnover, 150)), 1, fWholeMore.with(2)},
	} {
		for _, others := range []int{0, enoughFigures} { // that it stands beside
			var all []reading
			for _, o := range one.w.opinions {
				all = append(all, o.readings[0])
			}
			for n := range others {
				r := value("", Exports, int64(n+1))
				r.country = "UZB"
				all = append(all, r)
			}
			if got := of(all...).features(one.i, 0); !has(got, one.holds) {
				t.Errorf("%s beside %d others: %v has no %v", one.name, others, got, one.holds)
			}
		}
	}
}

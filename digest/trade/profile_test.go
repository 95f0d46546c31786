package trade

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// fact reads "TJK CHN exports value 270 USD 2025-01/2025-08", with - for what is empty.
func fact(line string) Fact {
	f := strings.Fields(strings.ReplaceAll(" "+line+" ", " - ", " \x00 "))
	for i := range f {
		f[i] = strings.Trim(f[i], "\x00")
	}
	return Fact{Country: f[0], Partner: f[1], Flow: Flow(f[2]), Metric: Metric(f[3]), Value: decimal.RequireFromString(f[4]), Unit: f[5], Period: f[6]}
}

func TestOfTakesTheLatestPeriodAndComputesTheBalance(t *testing.T) {
	facts := []Fact{
		fact("TJK - exports value 1630 USD 2025-01/2025-08"), fact("TJK - imports value 5100 USD 2025-01/2025-08"),
		fact("TJK - turnover value 6000 USD 2024"), fact("TJK - turnover value 6730 USD 2025-01/2025-08"),
		fact("TJK - turnover change 16.8 % 2025-01/2025-08"), fact("TJK - exports change 3 % 2024"),
		fact("TJK CHN turnover share 25 % -"), fact("TJK RUS turnover share 21.4 % -"), fact("TJK KAZ turnover value 758 USD 2025-01/2025-08"),
		fact("CHN TJK exports value 99 USD 2025"),
	}
	p := Of("TJK", facts)

	var got []string
	for _, f := range p.Figures {
		change := "-"
		if f.Change != nil {
			change = f.Change.String()
		}
		got = append(got, strings.Join([]string{string(f.Flow), f.Value.Value.String(), change, map[bool]string{true: "computed"}[f.Computed]}, " "))
	}
	want := "turnover 6730 16.8 |exports 1630 - |imports 5100 - |balance -3470 - computed"
	if strings.Join(got, "|") != want {
		t.Errorf("figures = %q, want %q", strings.Join(got, "|"), want)
	}
	var partners []string
	for _, x := range p.Partners {
		partners = append(partners, x.Code)
	}
	if strings.Join(partners, " ") != "CHN RUS KAZ" {
		t.Errorf("partners = %v, want the largest share first", partners)
	}
}

func TestLaterArticleOfOnePeriodCounts(t *testing.T) {
	early, late := fact("UZB - exports value 1 USD 2024"), fact("UZB - exports value 2 USD 2024")
	early.Article.Date, late.Article.Date = time.Unix(1, 0), time.Unix(2, 0)
	if p := Of("UZB", []Fact{late, early}); p.Figures[0].Value.Value.String() != "2" {
		t.Errorf("exports = %s, want the revision", p.Figures[0].Value.Value)
	}
}

func TestProfilesAreMadeOfWhatIsSure(t *testing.T) {
	said, guessed := fact("UZB - exports value 5100 USD 2024"), fact("UZB - exports value 9900 USD 2025")
	said.Confidence, guessed.Confidence = 0.9, 0.4
	p := Of("UZB", []Fact{guessed, said})
	if len(p.Figures) != 1 || p.Figures[0].Value.Value.String() != "5100" || len(p.Facts) != 1 {
		t.Errorf("figures = %v, want the one that was read for sure", p.Figures)
	}
}

func TestProfilesNameWhoContradicts(t *testing.T) {
	by := func(line, publisher string, day int64) Fact {
		f := fact(line)
		f.Article = Article{Publisher: publisher, URL: "https://" + publisher + ".example", Date: time.Unix(day, 0)}
		return f
	}
	for name, c := range map[string]struct {
		other Fact
		want  int
	}{
		"a tenth apart":          {by("UZB - exports value 5600 USD 2024", "b", 1), 1},
		"rounded":                {by("UZB - exports value 5000 USD 2024", "b", 1), 0},
		"a revision of its own":  {by("UZB - exports value 5600 USD 2024", "a", 1), 0},
		"another period":         {by("UZB - exports value 5600 USD 2023", "b", 1), 0},
		"another currency":       {by("UZB - exports value 5600 EUR 2024", "b", 1), 0},
		"of one partner":         {by("UZB CHN exports value 5600 USD 2024", "b", 1), 0},
		"no period in the other": {by("UZB - exports value 5600 USD -", "b", 1), 0},
	} {
		p := Of("UZB", []Fact{by("UZB - exports value 5100 USD 2024", "a", 2), c.other})
		if got := p.Figures[0].Others; len(got) != c.want {
			t.Errorf("%s: %v, want %d", name, got, c.want)
		}
	}
}

func TestWhatIsUnsureSpeaksAgainstNothing(t *testing.T) {
	unsure := func(f Fact) Fact { f.Confidence = 0.4; return f }
	stated := fact("UZB - exports value 5000 USD 2024")
	kept := Checked([]Fact{stated, unsure(fact("UZB CHN exports share 70 % 2024")), fact("UZB RUS exports share 60 % 2024")},
		[]Fact{unsure(fact("UZB - exports value 5000000 USD 2024"))})
	if len(kept) != 2 || kept[0].Value.String() != "5000" || kept[1].Partner != "RUS" || kept[0].Doubt != NoDoubt {
		t.Errorf("kept %v, want what is sure, without a doubt", kept)
	}
}

func TestBetween(t *testing.T) {
	facts := []Fact{fact("TJK CHN exports value 1 USD 2024"), fact("CHN TJK imports value 1 USD 2024"), fact("TJK RUS exports value 1 USD 2024"), fact("TJK - exports value 9 USD 2024")}
	if got := Between("TJK", "CHN", facts); len(got) != 2 {
		t.Errorf("%d facts, want what each of the two reports", len(got))
	}
}

func TestParseCountry(t *testing.T) {
	for in, want := range map[string]string{
		"kz": "KAZ", "TJK": "TJK", "Uzbekistan": "UZB", "узбекистан": "UZB", "киргизия": "KGZ", "South Korea": "KOR", "россия": "RUS", "UAE": "ARE", "türkiye": "TUR",
	} {
		if got, err := ParseCountry(in); err != nil || got != want {
			t.Errorf("ParseCountry(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "zz", "atlantis"} {
		if got, err := ParseCountry(in); !errors.Is(err, ErrUnknownCountry) {
			t.Errorf("ParseCountry(%q) = %s, %v", in, got, err)
		}
	}
	if Alpha2("KAZ") != "kz" || Alpha2("EU") != "" || Alpha2("nonsense") != "" {
		t.Errorf("Alpha2: %q %q %q", Alpha2("KAZ"), Alpha2("EU"), Alpha2("nonsense"))
	}
}

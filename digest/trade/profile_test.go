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

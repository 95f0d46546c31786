package phrase

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// show writes a conversion as "100 USD KZT,KGS", with * for what is left out.
func show(c Conversion) string {
	var parts []string
	for _, a := range c.Amounts {
		parts = append(parts, a.Value.String()+" "+orStar(string(a.Currency)))
	}
	to := make([]string, 0, len(c.To))
	for _, x := range c.To {
		to = append(to, string(x))
	}
	return strings.Join(parts, " + ") + " " + orStar(strings.Join(to, ","))
}

func orStar(s string) string {
	if s == "" {
		return "*"
	}
	return s
}

func TestParse(t *testing.T) {
	tests := []struct{ text, want string }{
		{"100 usd in kzt", "100 USD KZT"},
		{"usd kzt", "1 USD KZT"},
		{"USD/KZT", "1 USD KZT"},
		{"1000.00USDEUR", "1000 USD EUR"},
		{"EUR100", "100 EUR *"},
		{"EUR USD 1,000.50", "1000.5 EUR USD"},
		{"1.000,50 usd", "1000.5 USD *"},
		{"1\u00a0000,50 usd", "1000.5 USD *"},
		{"1.5k usd kgs", "1500 USD KGS"},
		{"€20 сом", "20 EUR KGS"},
		{"100$ в тенге", "100 USD KZT"},
		{"15 тыс рублей в сомы", "15000 RUB KGS"},
		{"500 сомони в рубли", "500 TJS RUB"},
		{"1 млн сум в долларах", "1000000 UZS USD"},
		{"100 ming soʻm dollarda", "100000 UZS USD"},
		{"1000 теңге доллар", "1000 KZT USD"},
		{"2 млрд манат = usd?", "2000000000 TMT USD"},
		{"100 usd kzt kgs usd kzt", "100 USD KZT,KGS"},
		{"100", "100 * *"},
		{"$100 kzt", "100 USD KZT"},
		{"kzt 100 usd", "100 KZT USD"}, // the code before its number
		{"в тенге 100 долларов", "100 USD KZT"},
		{"in kzt 100 usd", "100 USD KZT"},
		{"100 in kzt", "100 * KZT"},
		{".5 usd kzt", "0.5 USD KZT"},
		{",75 usd kzt", "0.75 USD KZT"},
		{"$ .50 kzt", "0.5 USD KZT"},
		{"USD 100 in KZT", "100 USD KZT"},
		{"usd 100 kzt", "100 USD KZT"},
		{"EUR 20 = KZT", "20 EUR KZT"},
		{"$100kzt", "100 USD KZT"},
		{"100$kzt", "100 USD KZT"},
		{"100 теңге 20 доллар", "100 KZT + 20 USD *"},
		{"100 тенге и 20 долларов", "100 KZT + 20 USD *"},
		{"100 A$ kzt", "100 AUD KZT"},
		{"A$100 kzt", "100 AUD KZT"},
		{"C$5", "5 CAD *"},
		{"HK$100 in usd", "100 HKD USD"},
		{"US$10 kzt", "10 USD KZT"},
		{"10 US dollars to kzt", "10 USD KZT"},
		{"100 american dollars", "100 USD *"},
		{"100 руб. в тенге", "100 RUB KZT"},
		{"100 р в тенге", "100 RUB KZT"},
		{"100р.", "100 RUB *"},
		{"3 млрд. сум в долл.", "3000000000 UZS USD"},
		{"100 долл. США в сомах", "100 USD KGS"},
		{"100 долларов США в сомах", "100 USD KGS"},
		{"100 у.е. в тенге", "100 USD KZT"},
		{"100 российских рублей в тенге", "100 RUB KZT"},
		{"100 узбекских сумов в тенге", "100 UZS KZT"},
		{"50 канадских долларов в тенге", "50 CAD KZT"},
		{"1000 йен", "1000 JPY *"},
		{"10 тыс вон в сомы", "10000 KRW KGS"},
		{"100 дирхамов в рубли", "100 AED RUB"},
		{"20 лари в манатах", "20 GEL TMT"},
		{"100 türk lirasi", "100 TRY *"},
		{"доллар", "1 USD *"},
		{"курс доллара", "1 USD *"},
		{"how much is 100 dollars", "100 USD *"},
		{"dollar kursi", "1 USD *"},
		{"100.000 uzs usd", "100 UZS + 100000 UZS USD"}, // both readings
		{"1.234.567,89 kzt usd", "1234567.89 KZT USD"},
		{"12,34,567 kzt usd", "1234567 KZT USD"},
		{"100,- usd kzt", "100 USD KZT"},
		{"0,0001 eur usd", "0.0001 EUR USD"},
		{"1 000,500 usd", "1000.5 USD *"},
		{"how much is 100 usd in kzt?", "100 USD KZT"},
		{"100 usd and 50 eur in kzt", "100 USD + 50 EUR KZT"},
		{"15 тыс рублей и 200 юаней в сомы", "15000 RUB + 200 CNY KGS"},
		{"$100 + €50 в тенге", "100 USD + 50 EUR KZT"},
		{"сто долларов", "100 USD *"},
		{"сто пятьдесят тысяч тенге в доллары", "150000 KZT USD"},
		{"две тысячи триста сорок пять сомов в рубли", "2345 KGS RUB"},
		{"полтора миллиона сумов в долларах", "1500000 UZS USD"},
		{"five hundred euro", "500 EUR *"},
		{"two hundred and fifty thousand tenge to dollars", "250000 KZT USD"},
		{"one million two hundred thousand sum in usd", "1200000 UZS USD"},
		{"бес мың теңге", "5000 KZT *"},
		{"екі жүз елу доллар теңге", "250 USD KZT"},
		{"беш миң сом доллар", "5000 KGS USD"},
		{"ming so'm", "1000 UZS *"},
		{"besh yuz ming soʻm dollarda", "500000 UZS USD"},
		{"юз минг сўм", "100000 UZS *"},
		{"панҷсад сомонӣ ба рубл", "500 TJS RUB"},
		{"ду ҳазор сомонӣ", "2000 TJS *"},
		{"iki ýüz manat dollar", "200 TMT USD"},
		{"\u200f100\u200e usd kzt 💵", "100 USD KZT"},
		{"1'000'000 uzs usd", "1000000 UZS USD"},
		{"100 TRY usd", "100 TRY USD"},
	}
	for _, tt := range tests {
		c, err := Parse(tt.text)
		if got := show(c); err != nil || got != tt.want {
			t.Errorf("Parse(%q) = %s, %v, want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestParseLeavesTalkAlone(t *testing.T) {
	for text, want := range map[string]error{
		"hello":                               ErrNoConversion,
		"":                                    ErrNoConversion,
		"1.2.3 usd kzt":                       ErrAmount,
		"1.000.00 usd kzt":                    ErrAmount,
		"12.05.2026 usd kzt":                  ErrAmount,
		"192.168.1.1 usd kzt":                 ErrAmount,
		"1,2.3 usd kzt":                       ErrAmount,
		"1,0000,000 usd":                      ErrAmount,
		"1234 567 usd":                        ErrAmount,
		"20 долларов 100":                     ErrNoConversion,
		"100 usd kzt kgs tjs uzs tmt rub eur": ErrTooMany,
		"1 usd 2 usd 3 usd 4 usd 5 usd 6 usd": ErrTooMany,
		"see you at 10 or 11":                 ErrNoConversion,
		"I paid 100 usd for it":               ErrNoConversion,
		"-100 usd kzt":                        ErrAmount,
		"usd -5 kzt":                          ErrAmount,
		"10^30 usd kzt":                       ErrNoConversion,
		"1e30 usd kzt":                        ErrNoConversion,
		"uѕd 100":                             ErrNoConversion, // a Cyrillic s
		"k":                                   ErrNoConversion,
		"100 20 usd":                          ErrNoConversion,
		"0 usd kzt":                           ErrAmount,
		"1" + strings.Repeat("0", 50):         ErrAmount,
		strings.Repeat("100 usd ", 99):        ErrNoConversion,
	} {
		if c, err := Parse(text); !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %v, %v, want %v", text, c, err, want)
		}
	}
	_, err := Parse("100 X$ kzt")
	if unknown, ok := errors.AsType[*UnknownCurrencyError](err); !ok || unknown.Word != "X$" {
		t.Errorf("err = %v, want the unknown dollar X$", err)
	}
	_, err = Parse("100 xyz usd")
	if unknown, ok := errors.AsType[*UnknownCurrencyError](err); !ok || unknown.Word != "XYZ" {
		t.Errorf("err = %v, want the unknown currency XYZ", err)
	}
	if c, err := Parse("try 100 usd"); err != nil || !c.Doubt {
		t.Errorf("%+v, %v: want a doubt about the lira", c, err)
	}
}

// The phrases were collected from what people type to such bots; where the list lies
// beside the checkout, ours is held against it.
func TestParseTheCollectedPhrases(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "conversions.tsv"))
	if err != nil {
		t.Skipf("the collected phrases are not on this machine: %v", err)
	}
	read, all := 0, 0
	for _, line := range strings.Split(string(list), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 4 || f[1] == "" {
			continue
		}
		all++
		c, err := Parse(f[0])
		if got, want := show(c), strings.Join(f[1:4], " "); err != nil || got != want {
			t.Errorf("Parse(%q) = %s, %v, want %s", f[0], got, err, want)
			continue
		}
		read++
	}
	fmt.Printf("collected phrases: %d of %d\n", read, all)
}

// Any decimal in any of the styles is read back as the same number, and never another.
func TestAmountsOfEveryStyleAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.StringMatching(`[1-9][0-9]{0,8}`).Draw(t, "whole")
		fraction := rapid.StringMatching(`[0-9]{0,6}`).Draw(t, "fraction")
		want := decimal.RequireFromString(strings.TrimSuffix(whole+"."+fraction, "."))
		style := rapid.SampledFrom([]struct{ group, mark string }{
			{"", "."}, {"", ","}, {",", "."}, {".", ","}, {" ", ","}, {" ", "."}, {"\u00a0", ","}, {"\u202f", "."}, {"'", "."}, {"’", ","}, {"lakh", "."},
		}).Draw(t, "style")
		text := grouped(whole, style.group)
		if fraction != "" {
			text += style.mark + fraction
		}
		c, err := Parse(text + " usd kzt")
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, a := range c.Amounts {
			if a.Value.Equal(want) {
				return
			}
		}
		// Three digits behind the only mark may group: then the other reading is meant.
		alone := len(whole) <= 3 && len(fraction) == 3 && (style.mark == "," || c.Either)
		grouping := fraction == "" && len(whole) >= 4 && len(whole) <= 6 && style.group == "."
		if !alone && !grouping {
			t.Fatalf("%q is read as %v, want %s", text, c.Amounts, want)
		}
		if grouping && !c.Either {
			t.Fatalf("%q is read as %v alone, want %s too", text, c.Amounts, want)
		}
	})
}

// grouped writes digits in groups.
func grouped(digits, mark string) string {
	size, sep := 3, mark
	if mark == "lakh" {
		size, sep = 2, ","
		if len(digits) <= 3 {
			return digits
		}
		return grouped2(digits[:len(digits)-3], size, sep) + sep + digits[len(digits)-3:]
	}
	return grouped2(digits, size, sep)
}

func grouped2(digits string, size int, sep string) string {
	var parts []string
	for len(digits) > size {
		parts = append([]string{digits[len(digits)-size:]}, parts...)
		digits = digits[:len(digits)-size]
	}
	return strings.Join(append([]string{digits}, parts...), sep)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"100 usd in kzt", "1.000,50 €", "5 000 so'm", "1'000k$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err == nil && (len(c.Amounts) == 0 || !c.Amounts[0].Value.IsPositive() || len(c.To) > maxTargets) {
			t.Errorf("Parse(%q) = %+v", text, c)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse("15 тыс рублей в сомы"); err != nil {
			b.Fatal(err)
		}
	}
}

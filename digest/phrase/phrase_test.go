package phrase

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		{"kzt 100 usd", "100 USD KZT"},
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
		"hello":                        ErrNoConversion,
		"":                             ErrNoConversion,
		"usd":                          ErrNoConversion,
		"see you at 10 or 11":          ErrNoConversion,
		"I paid 100 usd for it":        ErrNoConversion,
		"-100 usd kzt":                 ErrAmount,
		"usd -5 kzt":                   ErrAmount,
		"10^30 usd kzt":                ErrNoConversion,
		"1e30 usd kzt":                 ErrNoConversion,
		"uѕd 100":                      ErrNoConversion, // a Cyrillic s
		"k":                            ErrNoConversion,
		"100 20 usd":                   ErrNoConversion,
		"0 usd kzt":                    ErrAmount,
		"1" + strings.Repeat("0", 50):  ErrAmount,
		strings.Repeat("100 usd ", 99): ErrNoConversion,
	} {
		if c, err := Parse(text); !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %v, %v, want %v", text, c, err, want)
		}
	}
	_, err := Parse("100 xyz usd")
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

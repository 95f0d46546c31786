package phrase

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"habar/digest/rates"
)

// How the same is said in each language: amount, currency, target.
func TestEveryLanguageIsRead(t *testing.T) {
	tests := []struct{ lang, text, want string }{
		{"en", "five hundred dollars in tenge", "500 USD KZT"},
		{"en", "twenty euros to soums", "20 EUR UZS"},
		{"en", "1.5 million roubles to somoni", "1500000 RUB TJS"},
		{"en", "half million yuan in manat", "500000 CNY TMT"},
		{"ru", "пятьсот долларов в тенге", "500 USD KZT"},
		{"ru", "полтора миллиона рублей в сомони", "1500000 RUB TJS"},
		{"ru", "сколько будет 20 евро в сумах", "20 EUR UZS"},
		{"ru", "двести пятьдесят юаней в манаты", "250 CNY TMT"},
		{"ru", "15 тыс рублей в сомы", "15000 RUB KGS"},
		{"kk", "бес мың теңге доллар", "5000 KZT USD"},
		{"kk", "жүз елу доллар теңге", "150 USD KZT"},
		{"kk", "отыз мың теңге қанша доллар болады", "30000 KZT USD"},
		{"ky", "беш миң сом доллар", "5000 KGS USD"},
		{"ky", "жүз доллар канча сом болот", "100 USD KGS"},
		{"ky", "элүү миң рубль сом", "50000 RUB KGS"},
		{"uz", "besh yuz ming so'm dollar", "500000 UZS USD"},
		{"uz", "yuz dollar necha so'm bo'ladi", "100 USD UZS"},
		{"uz", "беш минг сўм доллар", "5000 UZS USD"},
		{"uz", "юз доллар неча сўм бўлади", "100 USD UZS"},
		{"uz", "yarim million so‘m rubl", "500000 UZS RUB"},
		{"tg", "панҷсад сомонӣ доллар", "500 TJS USD"},
		{"tg", "сӣ ҳазор рубл сомонӣ", "30000 RUB TJS"},
		{"tg", "сад доллар чанд сомонӣ мешавад", "100 USD TJS"},
		{"tk", "ýüz manat dollar", "100 TMT USD"},
		{"tk", "bäş müň manat rubl", "5000 TMT RUB"},
		{"tk", "ýigrimi dollar näçe manat bolýar", "20 USD TMT"},
	}
	for _, tt := range tests {
		c, err := Parse(tt.text)
		if err != nil || len(c.Amounts) != 1 || len(c.To) != 1 {
			t.Errorf("%s: %q: %+v, %v", tt.lang, tt.text, c, err)
			continue
		}
		if got := fmt.Sprintf("%s %s %s", c.Amounts[0].Value, c.Amounts[0].Currency, c.To[0]); got != tt.want {
			t.Errorf("%s: %q is %s, want %s", tt.lang, tt.text, got, tt.want)
		}
	}
}

// Any amount in any of the styles of grouping is read as the number that it is.
func TestAmountInAnyStyleIsTheSameNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1000, 999_999_999).Draw(t, "whole")
		cents := rapid.IntRange(1, 99).Draw(t, "cents")
		group := func(sep string) string {
			digits := fmt.Sprint(whole)
			var out []string
			for len(digits) > 3 {
				out, digits = append([]string{digits[len(digits)-3:]}, out...), digits[:len(digits)-3]
			}
			return strings.Join(append([]string{digits}, out...), sep)
		}
		want := decimal.New(whole*100+int64(cents), -2)
		for _, style := range []string{
			fmt.Sprintf("%s.%02d", group(","), cents), fmt.Sprintf("%s,%02d", group("."), cents), fmt.Sprintf("%s,%02d", group(" "), cents),
			fmt.Sprintf("%s.%02d", group(" "), cents), fmt.Sprintf("%s.%02d", group("'"), cents), fmt.Sprintf("%d.%02d", whole, cents), fmt.Sprintf("%d,%02d", whole, cents),
		} {
			c, err := Parse(style + " usd kzt")
			if err != nil || !c.Amounts[0].Value.Equal(want) || c.Amounts[0].Currency != rates.USD {
				t.Fatalf("%q is read as %+v, %v, want %s", style, c, err, want)
			}
		}
	})
}

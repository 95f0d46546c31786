package button

import (
	"testing"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/region"
)

// What a person wrote may be longer than a button: the amount goes first, then the city.
func TestCashButtonOfLongWords(t *testing.T) {
	for _, text := range []string{
		"продать usd усть-каменогорск 1000000.55 тенге переводом #10", "usd усть-каменогорскомназванииидругихинойбольшойгородочень sell 500",
	} {
		asked, err := offers.Parse(text, region.Countries()[0])
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		asked.All, asked.From, asked.Amount = true, 1000, decimal.RequireFromString("123456789012.12345678")
		command, args, _ := Split(Cash(asked))
		if command != "cash" || len(Cash(asked)) > maxData {
			t.Errorf("%s is asked by %q", text, Cash(asked))
		}
		got, err := offers.Parse(args, region.Country{})
		if err != nil || got.Pair != (rates.Pair{Base: "USD", Quote: "KZT"}) || got.Side != asked.Side || got.Kind != asked.Kind || got.From != 1000 {
			t.Errorf("%s is asked by %q, read as %+v, %v", text, Cash(asked), got, err)
		}
	}
}

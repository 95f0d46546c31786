package offers

import (
	"github.com/shopspring/decimal"

	"habar/digest/rates"
	"habar/digest/region"
	"habar/digest/tabular"
)

// KoronaPay sends money from Russia: the tariff of its public form for one transfer of some ten
// thousand roubles, paid by card and taken in cash, to each country. Amounts are in hundredths, and
// what is sent is told without the fee and with it. It is asked anew each time, so that it holds when
// it is told.
var koronapay = Publisher{
	ID: "koronapay", Zone: "Europe/Moscow", Env: "HABAR_KORONAPAY_URL",
	URL: "https://koronapay.com/transfers/online/api/transfers/tariffs?sendingCountryId=RUS&sendingCurrencyId=810&receivingCountryId={country}" +
		"&receivingCurrencyId={number}&paymentMethod=debitCard&receivingMethod=cash&paidNotificationEnabled=false&receivingAmount={amount}",
	Currencies: []rates.Currency{rates.KZT, rates.KGS, rates.TJS, rates.UZS},
	Fill: func(c rates.Currency) []string {
		country, _ := region.WithCurrency(string(c))
		return []string{"{country}", country.Code3, "{number}", koronaForms[c].number, "{amount}", koronaForms[c].amount}
	},
	Parse: parseKoronaPay,
}

// koronaForms are how its form names each currency (ISO 4217, numeric) and how much is to arrive, in
// hundredths.
var koronaForms = map[rates.Currency]struct{ number, amount string }{
	rates.KZT: {"398", "6000000"}, rates.KGS: {"417", "1000000"}, rates.TJS: {"972", "100000"}, rates.UZS: {"860", "150000000"},
}

func parseKoronaPay(body []byte, ask Ask) ([]Offer, error) {
	type currency struct {
		Code tabular.Text `json:"code"`
	}
	var answer []struct {
		From    currency     `json:"sendingCurrency"`
		To      currency     `json:"receivingCurrency"`
		Sent    tabular.Text `json:"sendingAmountWithoutCommission"`
		Fee     tabular.Text `json:"sendingCommission"`
		Arrives tabular.Text `json:"receivingAmount"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	if len(answer) == 0 {
		return nil, ErrNone
	}
	it := answer[0]
	from, fromKnown := currencyOf(string(it.From.Code))
	to, toKnown := currencyOf(string(it.To.Code))
	sent, fee, arrives := price(string(it.Sent)), price(string(it.Fee)), price(string(it.Arrives))
	country, ok := region.WithCurrency(string(to))
	if !fromKnown || !toKnown || !ok || ask.Currency != to || !sent.IsPositive() || !arrives.IsPositive() {
		return nil, ErrNone
	}
	return []Offer{{
		Country: country.Lower(), Institution: "KoronaPay", Kind: Transfer, Pair: rates.Pair{Base: from, Quote: to}, Said: ask.At,
		Buy: arrives.DivRound(sent.Add(fee), 8), Fee: decimal.NewNullDecimal(fee.Shift(2).DivRound(sent, 4)),
	}}, nil
}

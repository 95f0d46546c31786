package bank

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// The market sources: units of every currency per one USD, as JSON numbers. The
// first, currency-api, has a file for each day since March 2024 and mixes in
// cryptocurrencies, whose codes are left out. Both carry the day of collection, also
// on weekends, when it is Friday's rate once more.
// Formats: https://github.com/fawazahmed0/exchange-api · https://www.exchangerate-api.com/docs/free
var (
	market = Source{
		Name:       rates.Market,
		Env:        "HABAR_MARKET_URL",
		URL:        "https://cdn.jsdelivr.net/npm/@fawazahmed0/currency-api@{date}/v1/currencies/usd.json",
		PastLayout: "2006-01-02",
		Parse:      parseMarket,
		Cadence:    Cadence{Days: daily, Hour: 12},
	}
	erapi = Source{
		Name:    rates.ERAPI,
		Env:     "HABAR_ERAPI_URL",
		URL:     "https://open.er-api.com/v6/latest/USD",
		Parse:   parseERAPI,
		Cadence: Cadence{Days: daily, Hour: 12},
	}
)

func parseMarket(body []byte) ([]rates.Quote, error) {
	var answer struct {
		Date string          `json:"date"`
		USD  map[string]text `json:"usd"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	return perDollar("2006-01-02", answer.Date, answer.USD)
}

func parseERAPI(body []byte) ([]rates.Quote, error) {
	var answer struct {
		Result  string          `json:"result"`
		Error   string          `json:"error-type"`
		Base    string          `json:"base_code"`
		Updated text            `json:"time_last_update_unix"`
		Rates   map[string]text `json:"rates"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	if answer.Result != "success" || answer.Base != string(rates.USD) {
		return nil, fmt.Errorf("answered %q for base %q: %s", shorten(answer.Result), shorten(answer.Base), shorten(answer.Error))
	}
	updated, err := strconv.ParseInt(string(answer.Updated), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read date: %q is not a moment", shorten(string(answer.Updated)))
	}
	return perDollar(time.DateOnly, time.Unix(updated, 0).UTC().Format(time.DateOnly), answer.Rates)
}

// perDollar turns units of each currency per USD into quotes, current currencies only.
func perDollar(layout, date string, units map[string]text) ([]rates.Quote, error) {
	day, err := time.Parse(layout, date)
	if err != nil {
		return nil, fmt.Errorf("read date: %q is not a day", shorten(date))
	}
	if len(units) > maxRows {
		return nil, fmt.Errorf("%d rows are more than a table of rates has", len(units))
	}
	var quotes []rates.Quote
	for code, n := range units {
		c, err := rates.ParseCurrency(code)
		if err != nil || c == rates.USD || strings.TrimSpace(code) != code {
			continue
		}
		value, err := rates.ParseDecimal(string(n))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		quotes = append(quotes, rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: c}, Value: value, Effective: day})
	}
	if len(quotes) == 0 {
		return nil, ErrNoRates
	}
	return quotes, nil
}

package bank

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"habar/digest/rates"
)

// The International Monetary Fund's representative rates of a month: tables of text with tabs,
// a row a currency and a column a day, called by names. Units per USD, or USD per unit where
// the name is marked "(1)". Central banks report them to the Fund; of each currency the
// newest is read.
// Format: https://www.imf.org/external/np/fin/data/param_rms_mth.aspx
var imf = Source{
	Name:    rates.IMF,
	Env:     "HABAR_IMF_URL",
	URL:     "https://www.imf.org/external/np/fin/data/rms_mth.aspx?SelectDate={today}&reportType=REP&tsvflag=Y",
	Parse:   parseIMF,
	Cadence: Cadence{Days: workdays, Hour: 23, Late: 3},
}

// imfNames are the Fund's names of currencies.
var imfNames = map[string]rates.Currency{
	"Chinese yuan": rates.CNY, "Euro": rates.EUR, "Japanese yen": "JPY", "U.K. pound": "GBP", "Korean won": "KRW", "U.A.E. dirham": "AED",
	"Indian rupee": "INR", "Swiss franc": "CHF", "Saudi Arabian riyal": "SAR", "Polish zloty": "PLN", "Czech koruna": "CZK",
	"Russian ruble": rates.RUB, "Kazakhstani tenge": rates.KZT, "Kuwaiti dinar": "KWD", "Swedish krona": "SEK", "Norwegian krone": "NOK",
	"Danish krone": "DKK", "Canadian dollar": "CAD", "Australian dollar": "AUD", "Singapore dollar": "SGD", "Malaysian ringgit": "MYR", "Thai baht": "THB",
}

func parseIMF(body []byte) ([]rates.Quote, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("Representative Exchange Rates")) {
		return nil, errors.New("answered something else than representative rates")
	}
	var (
		days   []time.Time
		newest = map[rates.Currency]rates.Quote{}
	)
	for line := range strings.Lines(string(body)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if cells[0] == "Currency" {
			var err error
			if days, err = imfDays(cells[1:]); err != nil {
				return nil, err
			}
			continue
		}
		name, perUnit := strings.CutSuffix(cells[0], "(1)")
		code, known := imfNames[name]
		for i, cell := range cells[1:] {
			value, err := rates.ParseDecimal(strings.ReplaceAll(cell, ",", ""))
			if !known || err != nil || i >= len(days) || !value.IsPositive() { // NA: a day of rest
				continue
			}
			pair := rates.Pair{Base: rates.USD, Quote: code}
			if perUnit {
				pair = pair.Inverse()
			}
			if q := newest[code]; days[i].After(q.Effective) {
				newest[code] = rates.Quote{Pair: pair, Value: value, Effective: days[i]}
			}
		}
	}
	if len(newest) == 0 {
		return nil, ErrNoRates
	}
	quotes := make([]rates.Quote, 0, len(newest))
	for _, q := range newest {
		quotes = append(quotes, q)
	}
	return quotes, nil
}

func imfDays(cells []string) (days []time.Time, err error) {
	for _, cell := range cells {
		day, err := time.Parse("January 2, 2006", strings.TrimSpace(cell))
		if err != nil {
			return nil, fmt.Errorf("read date: %q is not a day", shorten(cell))
		}
		days = append(days, day)
	}
	return days, nil
}

package bank

import (
	"strings"

	"habar/digest/rates"
)

// The Central Bank of Armenia's table: SOAP, asked for by POST, AMD per <Amount> units with a
// decimal point. A day of rest answers with the table before it.
// Format: https://api.cba.am/exchangerates.asmx
var cba = Source{
	Name:    rates.CBA,
	Env:     "HABAR_CBA_URL",
	URL:     "https://api.cba.am/exchangerates.asmx",
	Layout:  "2006-01-02",
	Post:    &Post{Type: "text/xml; charset=utf-8", Body: soap(`<ExchangeRatesByDate xmlns="http://www.cba.am/"><date>{date}</date></ExchangeRatesByDate>`)},
	Parse:   parseCBA,
	Cadence: Cadence{Days: workdays, Hour: 18},
}

// soap wraps a call in its envelope.
func soap(call string) string {
	return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` + call + `</soap:Body></soap:Envelope>`
}

func parseCBA(body []byte) ([]rates.Quote, error) {
	type result struct {
		Day   string `xml:"CurrentDate"`
		Items []struct {
			Code   string `xml:"ISO"`
			Amount string `xml:"Amount"`
			Rate   string `xml:"Rate"`
		} `xml:"Rates>ExchangeRate"`
	}
	var answer struct {
		Latest result `xml:"Body>ExchangeRatesLatestResponse>ExchangeRatesLatestResult"`
		ByDate result `xml:"Body>ExchangeRatesByDateResponse>ExchangeRatesByDateResult"`
	}
	if err := readXML(body, &answer); err != nil {
		return nil, err
	}
	said := answer.ByDate
	if len(said.Items) == 0 {
		said = answer.Latest
	}
	if len(said.Items) == 0 {
		return nil, ErrNoRates
	}
	rows := make([]row, len(said.Items))
	for i, it := range said.Items {
		rows[i] = row{it.Code, it.Amount, it.Rate}
	}
	day, _, _ := strings.Cut(said.Day, "T")
	return table("AMD", "2006-01-02", day, rows)
}

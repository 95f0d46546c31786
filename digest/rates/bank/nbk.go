package bank

import (
	"fmt"

	"habar/digest/rates"
)

// The National Bank of Kazakhstan's table of one day: UTF-8 XML, decimal point,
// KZT per <quant> units of the currency. A day without rates answers with an
// <info> text and no items, status 200.
// Format: https://nationalbank.kz/rss/get_rates.cfm
var nbk = Source{
	Name:   rates.NBK,
	Env:    "HABAR_NBK_URL",
	URL:    "https://nationalbank.kz/rss/get_rates.cfm?fdate={date}",
	Layout: "02.01.2006",
	Parse:  parseNBK,
}

func parseNBK(body []byte) ([]rates.Quote, error) {
	var answer struct {
		Date  string `xml:"date"`
		Info  string `xml:"info"`
		Items []struct {
			Code  string `xml:"title"`
			Value string `xml:"description"`
			Quant string `xml:"quant"`
		} `xml:"item"`
	}
	if err := readXML(body, &answer); err != nil {
		return nil, err
	}
	if len(answer.Items) == 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoRates, shorten(answer.Info))
	}
	rows := make([]row, len(answer.Items))
	for i, it := range answer.Items {
		rows[i] = row{it.Code, it.Quant, it.Value}
	}
	return table(rates.KZT, "02.01.2006", answer.Date, rows)
}

package bank

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"habar/digest/rates"
)

// The National Bank of Kazakhstan's table of one day: UTF-8 XML, decimal point,
// KZT per <quant> units of the currency. A day without rates answers with an
// <info> text and no items, status 200.
// Format: https://nationalbank.kz/rss/get_rates.cfm
var nbk = Source{
	Name:    rates.NBK,
	Env:     "HABAR_NBK_URL",
	URL:     "https://nationalbank.kz/rss/get_rates.cfm?fdate={date}",
	Layout:  "02.01.2006",
	Parse:   parseNBK,
	Cadence: Cadence{Days: tuesdayToSaturday, Hour: 0},
	Range: &Range{
		Ref:    "/en/exchangerates/ezhednevnye-oficialnye-rynochnye-kursy-valyut/report?rates%5B%5D={code}&beginDate={from}&endDate={to}",
		Layout: "02.01.2006",
		Days:   366,
		Codes:  map[rates.Currency]string{rates.USD: "5", rates.EUR: "6", rates.CNY: "8", rates.KGS: "10", rates.RUB: "16", rates.UZS: "20"},
		Join:   "&rates%5B%5D=",
		Parse:  parseNBKReport,
	},
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

// nbkColumn finds the currency that a column of the report is headed by.
var nbkColumn = regexp.MustCompile(`\b([A-Z]{3})(_?quant)?\b`)

// parseNBKReport reads the bank's report of many days: an HTML table whose rows are a day
// and then, for each currency, for how many units it is quoted and the figure. The
// currencies are those that the head names; a table whose head names none is refused, since
// nothing else says which column is whose.
func parseNBKReport(body []byte, _ []rates.Currency) ([]rates.Quote, error) {
	var (
		values = map[int]rates.Currency{} // the column of each currency's figure
		quotes []rates.Quote
	)
	rows, err := tableRows(body)
	if err != nil {
		return nil, err
	}
	for _, cells := range rows {
		day, err := nbkDay(cells)
		if err != nil {
			if named := nbkHead(cells); len(named) > 0 {
				values = named
			}
			continue
		}
		for column, code := range values {
			if column >= len(cells) || column < 1 {
				continue
			}
			q, err := row{string(code), cells[column-1], cells[column]}.quote(rates.KZT)
			if err != nil {
				continue // as in a table, an odd row spoils only itself
			}
			q.Effective = day
			quotes = append(quotes, q)
		}
	}
	if len(quotes) == 0 {
		return nil, ErrNoRates
	}
	return quotes, nil
}

func nbkDay(cells []string) (day time.Time, err error) {
	if len(cells) == 0 {
		return day, ErrNoRates
	}
	for _, layout := range []string{time.DateOnly, "02.01.2006"} {
		if day, err = time.Parse(layout, strings.TrimSpace(cells[0])); err == nil {
			return day, nil
		}
	}
	return day, err
}

// nbkHead returns the columns of figures that a head names.
func nbkHead(cells []string) map[int]rates.Currency {
	named := map[int]rates.Currency{}
	for i, cell := range cells {
		m := nbkColumn.FindStringSubmatch(cell)
		if m == nil || m[2] != "" {
			continue
		}
		if c, err := rates.ParseCurrency(m[1]); err == nil {
			named[i] = c
		}
	}
	return named
}

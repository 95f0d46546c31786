package bank

import (
	"fmt"
	"regexp"
	"time"

	"habar/digest/rates"
)

// The National Bank of the Kyrgyz Republic has two tables, both only the latest:
// daily (USD, EUR, RUB, KZT, CNY) and weekly (the rest, valid for seven days). Its past is on
// a page of one currency, without nominals: see nbkrPer.
// windows-1251 XML, decimal comma, KGS per <Nominal> units.
// Format: https://www.nbkr.kg/index1.jsp?item=2055&lang=ENG
var (
	nbkrDaily = Source{
		Name:    rates.NBKR,
		Env:     "HABAR_NBKR_URL",
		URL:     "https://www.nbkr.kg/XML/daily.xml",
		Parse:   parseNBKR,
		Cadence: Cadence{Days: workdays, Hour: 18},
		Range: &Range{
			Ref: "/index1.jsp?item=1562&lang=ENG&valuta_id={code}&beg_day={from-day}&beg_month={from-month}&beg_year={from-year}" +
				"&end_day={to-day}&end_month={to-month}&end_year={to-year}",
			Days:  366, // a longer page leaves the rest out
			Codes: nbkrIDs,
			Parse: parseNBKRPast,
		},
	}
	nbkrWeekly = Source{
		Name:    rates.NBKR,
		Table:   "weekly",
		Env:     "HABAR_NBKR_WEEKLY_URL",
		URL:     "https://www.nbkr.kg/XML/weekly.xml",
		Parse:   parseNBKR,
		Cadence: Cadence{Days: saturday, Hour: 12},
	}
)

func parseNBKR(body []byte) ([]rates.Quote, error) {
	var answer struct {
		Date  string `xml:"Date,attr"`
		Items []struct {
			Code    string `xml:"ISOCode,attr"`
			Nominal string `xml:"Nominal"`
			Value   string `xml:"Value"`
		} `xml:"Currency"`
	}
	if err := readXML(body, &answer); err != nil {
		return nil, err
	}
	rows := make([]row, len(answer.Items))
	for i, it := range answer.Items {
		rows[i] = row{it.Code, it.Nominal, it.Value}
	}
	return table(rates.KGS, "02.01.2006", answer.Date, rows)
}

// The bank's own numbers of currencies on the page of its past, and for how many units it
// quotes those that are not for one.
var (
	nbkrIDs = map[rates.Currency]string{
		rates.USD: "15", rates.EUR: "20", rates.RUB: "44", rates.CNY: "24", rates.KZT: "40", rates.UZS: "46", rates.TJS: "45", rates.TMT: "108",
		"AED": "103", "AFN": "99", "AMD": "38", "AZN": "82", "BYN": "160", "GBP": "17", "GEL": "102", "JPY": "36", "KRW": "25", "MNT": "106", "TRY": "57",
	}
	nbkrPer = map[rates.Currency]string{"AMD": "10", "JPY": "10"}
)

// nbkrCell finds a day and its figure between the comments that mark them on the page.
var nbkrCell = regexp.MustCompile(`<!--date-->\s*(\d{2}\.\d{2}\.\d{4})\s*<!--date-->(?s:.{0,400}?)<!--value-->\s*([0-9][0-9.,\x{a0} ]{0,30}?)\s*<!--value-->`)

func parseNBKRPast(body []byte, asked []rates.Currency) ([]rates.Quote, error) {
	if len(asked) != 1 {
		return nil, fmt.Errorf("one currency is asked for at a time")
	}
	per, ok := nbkrPer[asked[0]]
	if !ok {
		per = "1"
	}
	var quotes []rates.Quote
	for _, m := range nbkrCell.FindAllSubmatch(body, maxRows+1) {
		day, err := time.Parse("02.01.2006", string(m[1]))
		if err != nil {
			return nil, fmt.Errorf("read date: %q is not a day", shorten(string(m[1])))
		}
		q, err := row{string(asked[0]), per, string(m[2])}.quote(rates.KGS)
		if err != nil {
			continue // as in a table, an odd row spoils only itself
		}
		q.Effective = day
		quotes = append(quotes, q)
	}
	if len(quotes) == 0 {
		return nil, ErrNoRates
	}
	return quotes, nil
}

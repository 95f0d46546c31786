package bank

import "habar/digest/rates"

// The Bank of Russia's table: windows-1251 XML, decimal comma, RUB per <Nominal>
// units. VunitRate says the same per unit, at times as 5,39256E-05; Value over
// Nominal keeps the published digits.
// Format: https://www.cbr.ru/development/SXML/
var cbr = Source{
	Name:    rates.CBR,
	Env:     "HABAR_CBR_URL",
	URL:     "https://www.cbr.ru/scripts/XML_daily.asp?date_req={date}",
	Layout:  "02/01/2006",
	Parse:   func(body []byte) ([]rates.Quote, error) { return parseValCurs(rates.RUB, "02.01.2006", body) },
	Cadence: Cadence{Days: tuesdayToSaturday, Hour: 0},
	Range: &Range{
		Ref:    "XML_dynamic.asp?date_req1={from}&date_req2={to}&VAL_NM_RQ={code}",
		Layout: "02/01/2006",
		Days:   3660,
		// The identifiers of https://www.cbr.ru/scripts/XML_val.asp?d=0
		Codes: map[rates.Currency]string{
			rates.USD: "R01235", rates.EUR: "R01239", rates.CNY: "R01375", rates.KZT: "R01335", rates.KGS: "R01370",
			rates.TJS: "R01670", rates.UZS: "R01717", rates.TMT: "R01710A",
			"AED": "R01230", "AMD": "R01060", "AZN": "R01020A", "BYN": "R01090B", "GBP": "R01035", "GEL": "R01210",
			"JPY": "R01820", "KRW": "R01815", "TRY": "R01700J",
		},
		Parse: func(body []byte, asked []rates.Currency) ([]rates.Quote, error) {
			return parseRecords(rates.RUB, "02.01.2006", body, asked)
		},
	},
}

// parseValCurs reads the <ValCurs> table that the Bank of Russia and the National
// Bank of Tajikistan share.
func parseValCurs(home rates.Currency, layout string, body []byte) ([]rates.Quote, error) {
	var answer struct {
		Date  string `xml:"Date,attr"`
		Items []struct {
			Code    string `xml:"CharCode"`
			Nominal string `xml:"Nominal"`
			Value   string `xml:"Value"`
		} `xml:"Valute"`
	}
	if err := readXML(body, &answer); err != nil {
		return nil, err
	}
	rows := make([]row, len(answer.Items))
	for i, it := range answer.Items {
		rows[i] = row{it.Code, it.Nominal, it.Value}
	}
	return table(home, layout, answer.Date, rows)
}

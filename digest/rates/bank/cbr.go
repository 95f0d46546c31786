package bank

import "habar/digest/rates"

// The Bank of Russia's table: windows-1251 XML, decimal comma, RUB per <Nominal>
// units. VunitRate says the same per unit, at times as 5,39256E-05; Value over
// Nominal keeps the published digits.
// Format: https://www.cbr.ru/development/SXML/
var cbr = Source{
	Name:   rates.CBR,
	Env:    "HABAR_CBR_URL",
	URL:    "https://www.cbr.ru/scripts/XML_daily.asp?date_req={date}",
	Layout: "02/01/2006",
	Parse:  func(body []byte) ([]rates.Quote, error) { return parseValCurs(rates.RUB, "02.01.2006", body) },
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

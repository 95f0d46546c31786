package bank

import "habar/digest/rates"

// The Central Bank of the Republic of Türkiye's table: XML with a decimal point, TRY per
// <Unit> units, what it buys and sells foreign exchange at. The middle is taken. Only the
// latest.
// Format: https://www.tcmb.gov.tr/kurlar/today.xml
var tcmb = Source{
	Name:    rates.TCMB,
	Env:     "HABAR_TCMB_URL",
	URL:     "https://www.tcmb.gov.tr/kurlar/today.xml",
	Parse:   parseTCMB,
	Cadence: Cadence{Days: workdays, Hour: 17},
}

func parseTCMB(body []byte) ([]rates.Quote, error) {
	var answer struct {
		Date  string `xml:"Tarih,attr"`
		Items []struct {
			Code    string `xml:"CurrencyCode,attr"`
			Unit    string `xml:"Unit"`
			Buying  string `xml:"ForexBuying"`
			Selling string `xml:"ForexSelling"`
		} `xml:"Currency"`
	}
	if err := readXML(body, &answer); err != nil {
		return nil, err
	}
	var rows []row
	for _, it := range answer.Items {
		if middle, ok := middleOf(it.Buying, it.Selling); ok {
			rows = append(rows, row{it.Code, it.Unit, middle})
		}
	}
	return table("TRY", "02.01.2006", answer.Date, rows)
}

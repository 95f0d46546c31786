package bank

import "habar/digest/rates"

// The National Bank of the Kyrgyz Republic has two tables, both only the latest:
// daily (USD, EUR, RUB, KZT, CNY) and weekly (the rest, valid for seven days).
// windows-1251 XML, decimal comma, KGS per <Nominal> units.
// Format: https://www.nbkr.kg/index1.jsp?item=2055&lang=ENG
var (
	nbkrDaily = Source{
		Name:  rates.NBKR,
		Env:   "HABAR_NBKR_URL",
		URL:   "https://www.nbkr.kg/XML/daily.xml",
		Parse: parseNBKR,
	}
	nbkrWeekly = Source{
		Name:  rates.NBKR,
		Table: "weekly",
		Env:   "HABAR_NBKR_WEEKLY_URL",
		URL:   "https://www.nbkr.kg/XML/weekly.xml",
		Parse: parseNBKR,
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

package bank

import (
	"habar/digest/rates"
	"habar/digest/tabular"
)

// The Central Bank of Uzbekistan's table: JSON whose numbers are strings (and were numbers at times), UZS per
// Nominal units, the day as DD.MM.YYYY in every row. A day in the past answers with
// the table of the last working day before it.
// Format: https://cbu.uz/en/arkhiv-kursov-valyut/veb-masteram/
var cbu = Source{
	Name:    rates.CBU,
	Env:     "HABAR_CBU_URL",
	URL:     "https://cbu.uz/en/arkhiv-kursov-valyut/json/all/{date}/",
	Layout:  "2006-01-02",
	Parse:   parseCBU,
	Cadence: Cadence{Days: workdays, Hour: 0},
}

func parseCBU(body []byte) ([]rates.Quote, error) {
	var answer []struct {
		Code    text `json:"Ccy"`
		Nominal text `json:"Nominal"`
		Rate    text `json:"Rate"`
		Date    text `json:"Date"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	if len(answer) == 0 {
		return nil, ErrNoRates
	}
	rows := make([]row, 0, len(answer))
	for _, it := range answer {
		if it.Date == answer[0].Date {
			rows = append(rows, row{string(it.Code), string(it.Nominal), string(it.Rate)})
		}
	}
	return table(rates.UZS, "02.01.2006", string(answer[0].Date), rows)
}

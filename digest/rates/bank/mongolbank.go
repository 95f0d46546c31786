package bank

import (
	"strings"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// The Bank of Mongolia's table: JSON, asked for by POST, MNT per unit with commas between
// thousands, a row a day and a field a currency. It gives the days of a range; of those the
// newest is read.
// Format: https://www.mongolbank.mn/en/currency-rate-movement
var mongolbank = Source{
	Name:    rates.MongolBank,
	Env:     "HABAR_MONGOLBANK_URL",
	URL:     "https://www.mongolbank.mn/en/currency-rate-movement/data",
	Layout:  "2006-01-02",
	Post:    &Post{Type: "application/json", Body: `{"startDate":"{week}","endDate":"{date}"}`},
	Parse:   parseMongolBank,
	Cadence: Cadence{Days: daily, Hour: 18},
}

func parseMongolBank(body []byte) ([]rates.Quote, error) {
	var answer struct {
		Days []map[string]text `json:"data"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	newest := map[string]text{}
	for _, day := range answer.Days {
		if day["RATE_DATE"] > newest["RATE_DATE"] { // YYYY-MM-DD
			newest = day
		}
	}
	if len(newest) == 0 {
		return nil, ErrNoRates
	}
	var rows []row
	for code, value := range newest {
		if code != "RATE_DATE" {
			rows = append(rows, row{code, "1", strings.ReplaceAll(string(value), ",", "")})
		}
	}
	return table("MNT", "2006-01-02", string(newest["RATE_DATE"]), rows)
}

package bank

import (
	"cmp"
	"strings"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// The National Bank of Georgia's table: JSON, GEL per quantity units. rateFormated keeps the
// digits that rate as a number may lose. date in a row is when it was set; the table's own
// date is the day from which it holds. A day of rest answers with the table before it.
// Format: https://nbg.gov.ge/en/monetary-policy/currency
var nbg = Source{
	Name:    rates.NBG,
	Env:     "HABAR_NBG_URL",
	URL:     "https://nbg.gov.ge/gw/api/ct/monetarypolicy/currencies/?date={date}",
	Layout:  "2006-01-02",
	Parse:   parseNBG,
	Cadence: Cadence{Days: daily, Hour: 18},
}

func parseNBG(body []byte) ([]rates.Quote, error) {
	var answer []struct {
		Date       string `json:"date"`
		Currencies []struct {
			Code     text `json:"code"`
			Quantity text `json:"quantity"`
			Written  text `json:"rateFormated"`
			Rate     text `json:"rate"`
		} `json:"currencies"`
	}
	if err := tabular.JSON(body, &answer); err != nil {
		return nil, err
	}
	if len(answer) == 0 {
		return nil, ErrNoRates
	}
	rows := make([]row, 0, len(answer[0].Currencies))
	for _, it := range answer[0].Currencies {
		rows = append(rows, row{string(it.Code), string(it.Quantity), string(cmp.Or(it.Written, it.Rate))})
	}
	day, _, _ := strings.Cut(answer[0].Date, "T")
	return table("GEL", "2006-01-02", day, rows)
}

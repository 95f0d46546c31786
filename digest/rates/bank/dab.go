package bank

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
	"habar/digest/tabular"
)

// Da Afghanistan Bank's table: an HTML page, AFN per unit, what is bought and sold in cash and
// by transfer. The middle of a transfer is taken. Currencies are called by names of the
// bank's own; of those whose unit is certain all are read.
// Format: https://www.dab.gov.af/exchange-rates
var dab = Source{
	Name:    rates.DAB,
	Env:     "HABAR_DAB_URL",
	URL:     "https://www.dab.gov.af/exchange-rates?field_date_value={date}",
	Layout:  "2006-01-02",
	HTML:    true,
	Parse:   parseDAB,
	Cadence: Cadence{Days: daily &^ (1 << 5), Hour: 16}, // Friday is the day of rest
}

var (
	dabNames = map[string]rates.Currency{
		"usd": rates.USD, "euro": rates.EUR, "pound": "GBP", "swiss": "CHF", "indian": "INR", "pakistan": "PKR", "cny": rates.CNY, "uae": "AED", "saudi": "SAR",
	}
	dabName    = regexp.MustCompile(`(?i)^\W*([a-z]+)`)
	dabUpdated = regexp.MustCompile(`Last updated:\s*(\d{1,2} [A-Z][a-z]+ \d{4})`)
)

// dabColumns is how many cells a row of the table has: a name, cash sold and bought, and
// transfers sold and bought.
const dabColumns = 5

func parseDAB(body []byte) ([]rates.Quote, error) {
	updated := dabUpdated.FindSubmatch(body)
	if updated == nil {
		return nil, ErrNoRates
	}
	tables, err := tabular.Tables(body)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, t := range tables {
		if len(rows) > 0 {
			break // the first is of the day, the others are averages of the month
		}
		for _, cells := range t {
			if len(cells) != dabColumns {
				continue
			}
			name := dabName.FindStringSubmatch(cells[0])
			if name == nil {
				continue
			}
			code, known := dabNames[strings.ToLower(name[1])]
			middle, ok := middleOf(cells[3], cells[4])
			if known && ok {
				rows = append(rows, row{string(code), "1", middle})
			}
		}
	}
	if len(rows) == 0 {
		return nil, ErrNoRates
	}
	return table("AFN", "2 January 2006", string(updated[1]), rows)
}

// middleOf returns the middle of what is bought at and sold at.
func middleOf(a, b string) (string, bool) {
	x, err := rates.ParseDecimal(a)
	y, err2 := rates.ParseDecimal(b)
	if err != nil || err2 != nil || !x.IsPositive() || !y.IsPositive() {
		return "", false
	}
	middle := x.Add(y).Mul(decimal.New(5, -1))
	if short := middle.Truncate(-middle.Exponent() - 1); short.Equal(middle) {
		middle = short // no digit more than was published
	}
	return rates.Plain(middle), true
}

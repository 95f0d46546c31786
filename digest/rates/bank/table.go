package bank

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/charset"
	"habar/digest/clip"
	"habar/digest/rates"
	"habar/digest/tabular"
)

// maxRows is more than any table of rates has.
const maxRows = 2000

// A row is a line of a bank's table: so many units of home currency per nominal units.
type row struct {
	Code    string
	Nominal string
	Value   string
}

// table turns rows into quotes of the day. A row that cannot be read spoils only
// itself, unless none can: banks list the odd currency with an empty rate.
func table(home rates.Currency, layout, date string, rows []row) ([]rates.Quote, error) {
	day, err := time.Parse(layout, strings.TrimSpace(date))
	if err != nil {
		return nil, fmt.Errorf("read date: %q is not a day", shorten(date))
	}
	if len(rows) > maxRows {
		return nil, fmt.Errorf("%d rows are more than a table of rates has", len(rows))
	}
	var (
		quotes []rates.Quote
		first  error
	)
	for _, r := range rows {
		q, err := r.quote(home)
		if err != nil {
			first = firstError(first, err)
			continue
		}
		if q.Base != home {
			q.Effective = day
			quotes = append(quotes, q)
		}
	}
	if len(quotes) == 0 {
		return nil, firstError(first, ErrNoRates)
	}
	return quotes, nil
}

func (r row) quote(home rates.Currency) (rates.Quote, error) {
	code, err := rates.ParseCurrency(r.Code)
	if err != nil {
		return rates.Quote{}, err
	}
	value, err := rates.ParseDecimal(r.Value)
	if err != nil {
		return rates.Quote{}, fmt.Errorf("%s: %w", code, err)
	}
	nominal, err := rates.ParseDecimal(r.Nominal)
	if err != nil || !nominal.IsPositive() {
		return rates.Quote{}, fmt.Errorf("%s: nominal %q is not a positive number", code, shorten(r.Nominal))
	}
	return rates.Quote{Pair: rates.Pair{Base: code, Quote: home}, Value: per(value, nominal), Nominal: nominal}, nil
}

// per divides by a nominal exactly. For a power of ten that is a shift of the point,
// which keeps the digits as they were published.
func per(value, nominal decimal.Decimal) decimal.Decimal {
	for shift := range int32(10) {
		if nominal.Equal(decimal.New(1, shift)) {
			return value.Shift(-shift)
		}
	}
	return value.DivRound(nominal, 24)
}

// readXML decodes XML that is of whatever charset its bytes are.
func readXML(body []byte, into any) error {
	body = charset.Decode(body, "")
	if err := charset.Bounded(body); err != nil {
		return fmt.Errorf("read XML: %w", err)
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read XML: %w", err)
	}
	return nil
}

// A text is a field of JSON that may be a string or a number.
type text = tabular.Text

// tableRows returns the rows of all tables of an HTML page.
func tableRows(body []byte) ([][]string, error) {
	tables, err := tabular.Tables(body)
	return slices.Concat(tables...), err
}

// firstError returns a, or b where there is none.
func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// shorten keeps what is hostile short in an error.
func shorten(s string) string { return clip.Runes(s, 40) }

package bank

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/net/html"

	"habar/digest/charset"
	"habar/digest/clip"
	"habar/digest/rates"
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
	d := xml.NewDecoder(bytes.NewReader(charset.Decode(body, "")))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read XML: %w", err)
	}
	return nil
}

// readJSON decodes one JSON document.
func readJSON(body []byte, into any) error {
	if err := json.Unmarshal(charset.Decode(body, "application/json"), into); err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	return nil
}

// A text is a JSON string, or a number as it is written: banks change from one to the other.
type text string

// UnmarshalJSON reads a string, a number or null; it leaves anything else empty, so that an
// odd field spoils only its row.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(t))
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		*t = text(b)
	}
	return nil
}

// tablesOf returns the tables of an HTML page, each its rows, each the text of its cells.
// Where a cell spans columns its text stands in the last of them.
func tablesOf(body []byte) (tables [][][]string, err error) {
	var (
		cell  strings.Builder
		span  int
		in    bool // a cell is open
		rows  [][]string
		cells []string
	)
	endCell := func() {
		if in {
			cells = append(append(cells, make([]string, span-1)...), strings.Join(strings.Fields(cell.String()), " "))
			cell.Reset()
			in = false
		}
	}
	endRow := func() {
		endCell()
		if len(cells) > 0 {
			rows = append(rows, cells)
			cells = nil
		}
	}
	endTable := func() {
		endRow()
		if len(rows) > 0 {
			tables, rows = append(tables, rows), nil
		}
	}
	z := html.NewTokenizer(bytes.NewReader(charset.Decode(body, "")))
	z.SetMaxBuf(maxTag)
	for n := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			endTable()
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("read HTML: %w", err)
			}
			return tables, nil
		}
		if kind == html.TextToken {
			if in {
				cell.Write(z.Text())
			}
			continue
		}
		name, more := z.TagName()
		switch string(name) {
		case "td", "th":
			endCell()
			if kind == html.StartTagToken {
				if n++; n > maxCells {
					return nil, fmt.Errorf("a page of more than %d cells", maxCells)
				}
				in, span = true, 1
				for more {
					var key, value []byte
					key, value, more = z.TagAttr()
					if string(key) == "colspan" {
						span = min(max(atoi(value), 1), maxSpan)
					}
				}
			}
		case "tr":
			endRow()
		case "table":
			endTable()
		}
	}
}

func atoi(b []byte) int {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return 1
	}
	return n
}

// The bounds of a page of tables.
const (
	maxCells = 200_000
	maxSpan  = 50
	maxTag   = 1 << 20
)

// tableRows returns the rows of all tables of an HTML page.
func tableRows(body []byte) ([][]string, error) {
	tables, err := tablesOf(body)
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

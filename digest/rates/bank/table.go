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
	z := html.NewTokenizer(bytes.NewReader(charset.Decode(body, "")))
	z.SetMaxBuf(maxTag)
	var t tableReader
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			t.endTable()
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("read HTML: %w", err)
			}
			return t.tables, nil
		case html.TextToken:
			if t.open {
				t.cell.Write(z.Text())
			}
		default:
			if err := t.tag(z, kind == html.StartTagToken); err != nil {
				return nil, err
			}
		}
	}
}

// A tableReader puts together tables out of the tags of a page.
type tableReader struct {
	tables [][][]string
	rows   [][]string
	cells  []string
	cell   strings.Builder
	open   bool // a cell is
	span   int  // columns of the cell
	n      int  // cells so far
}

// tag takes the tag that z stands at.
func (t *tableReader) tag(z *html.Tokenizer, starts bool) error {
	name, more := z.TagName()
	switch string(name) {
	case "td", "th":
		t.endCell()
		if !starts {
			return nil
		}
		if t.n++; t.n > maxCells {
			return fmt.Errorf("a page of more than %d cells", maxCells)
		}
		t.open, t.span = true, 1
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			if string(key) == "colspan" {
				t.span = min(max(atoi(value), 1), maxSpan)
			}
		}
	case "tr":
		t.endRow()
	case "table":
		t.endTable()
	}
	return nil
}

func (t *tableReader) endCell() {
	if t.open {
		t.cells = append(append(t.cells, make([]string, t.span-1)...), strings.Join(strings.Fields(t.cell.String()), " "))
		t.cell.Reset()
		t.open = false
	}
}

func (t *tableReader) endRow() {
	t.endCell()
	if len(t.cells) > 0 {
		t.rows, t.cells = append(t.rows, t.cells), nil
	}
}

func (t *tableReader) endTable() {
	t.endRow()
	if len(t.rows) > 0 {
		t.tables, t.rows = append(t.tables, t.rows), nil
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

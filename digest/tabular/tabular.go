// Package tabular reads what publishers of figures answer: JSON whose numbers are strings at times,
// and the tables of pages. It knows nothing of what the figures are.
package tabular

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"habar/digest/charset"
)

// JSON decodes one JSON document.
func JSON(body []byte, into any) error {
	if err := json.Unmarshal(charset.Decode(body, "application/json"), into); err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	return nil
}

// A Text is a JSON string, or a number as it is written: banks change from one to the other.
type Text string

// UnmarshalJSON reads a string, a number or null; it leaves anything else empty, so that an
// odd field spoils only its row.
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(t))
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		*t = Text(b)
	}
	return nil
}

// Tables returns the tables of an HTML page, each its rows, each the text of its cells.
// Where a cell spans columns its text stands in the last of them.
func Tables(body []byte) (tables [][][]string, err error) {
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

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
)

// A table is printed with its columns aligned, numbers to the right; on a terminal what rises
// is green and what falls red.
type table struct {
	head  []string
	right []bool // by column
	rows  [][]string
}

func (t table) print(w io.Writer) error {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	colour := isTerminal(w) && os.Getenv("NO_COLOR") == "" // https://no-color.org
	for n, row := range append([][]string{t.head}, t.rows...) {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			cell = painted(cell, n == 0, colour)
			if t.right[i] {
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(cell + pad + "  ")
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// painted colours a cell by what it is: a head, a rise, a fall.
func painted(cell string, head, colour bool) string {
	switch {
	case !colour:
	case head:
		return "\x1b[1m" + cell + "\x1b[0m"
	case strings.HasPrefix(cell, "+"):
		return "\x1b[32m" + cell + "\x1b[0m"
	case strings.HasPrefix(cell, "-") && strings.HasSuffix(cell, "%"):
		return "\x1b[31m" + cell + "\x1b[0m"
	}
	return cell
}

func isTerminal(w io.Writer) bool {
	f, isFile := w.(*os.File)
	return isFile && isatty.IsTerminal(f.Fd())
}

// count writes how many of something there are: "1 firing", "2 firings".
func count[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

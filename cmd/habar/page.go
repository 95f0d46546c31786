package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"habar/digest/page"
)

// pageCmd reads saved news pages.
type pageCmd struct {
	Files []string `arg:"" name:"file" help:"Saved pages as text; - is stdin."`
	JSON  bool     `help:"Print one JSON object for each file." name:"json"`
}

type pageJSON struct {
	File    string          `json:"file"`
	Date    *string         `json:"date"` // YYYY-MM-DD; null where the page has none
	Rates   []pageRateJSON  `json:"rates"`
	Stories []pageStoryJSON `json:"stories"`
}

type pageRateJSON struct {
	Base          string `json:"base"`
	Quote         string `json:"quote"`
	Value         string `json:"value"`
	ChangePercent string `json:"change_percent"`
}

type pageStoryJSON struct {
	Title string  `json:"title"`
	Date  *string `json:"date"`
	Text  string  `json:"text"`
}

// Run reads each file. One that cannot be read does not stop the others.
func (c *pageCmd) Run(p *program) error {
	var failed error
	for _, name := range c.Files {
		body, err := readInput(p, name)
		if err != nil {
			failed = complain(p, name, err)
			continue
		}
		read, err := page.Read(body)
		if err != nil {
			failed = complain(p, name, err)
			continue
		}
		if err := c.print(p, name, read); err != nil {
			return err
		}
	}
	return failed
}

func complain(p *program, name string, err error) error {
	fmt.Fprintf(p.err, "habar: %s: %s\n", name, firstLine(err))
	return errQuiet
}

// readInput reads a file, or stdin for "-", up to one byte past most.
func readInput(p *program, name string) ([]byte, error) {
	const most = maxArticle
	if name == "-" {
		return io.ReadAll(io.LimitReader(p.in, most+1))
	}
	f, err := os.Open(name) //nolint:gosec // the operator's own choice of file
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	return body, withoutPath(err)
}

// withoutPath drops the file's name from an error that is shown behind it.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func (c *pageCmd) print(p *program, name string, read page.Page) error {
	if c.JSON {
		return json.NewEncoder(p.out).Encode(asPageJSON(name, read))
	}
	fmt.Fprintf(p.out, "%s · %s\n", name, orNone(day(read.Date)))
	for _, r := range read.Rates {
		fmt.Fprintf(p.out, "  %s = %s  %s%%\n", r.Pair, r.Value, r.ChangePercent)
	}
	for i, s := range read.Stories {
		fmt.Fprintf(p.out, "\n%d. %s\n   %d characters\n", i+1, s.Title, len([]rune(s.Text)))
	}
	return nil
}

func asPageJSON(name string, read page.Page) pageJSON {
	out := pageJSON{File: name, Date: day(read.Date), Rates: []pageRateJSON{}, Stories: []pageStoryJSON{}}
	for _, r := range read.Rates {
		out.Rates = append(out.Rates, pageRateJSON{string(r.Base), string(r.Quote), r.Value, r.ChangePercent})
	}
	for _, s := range read.Stories {
		out.Stories = append(out.Stories, pageStoryJSON{s.Title, day(s.Date), s.Text})
	}
	return out
}

func day(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(time.DateOnly)
	return &s
}

func orNone(s *string) string {
	if s == nil {
		return "no date"
	}
	return *s
}

package main

import (
	"encoding/json"
	"fmt"

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
			failed = reportFile(p, name, err)
			continue
		}
		read, err := page.Read(body)
		if err != nil {
			failed = reportFile(p, name, err)
			continue
		}
		if err := c.print(p, name, read); err != nil {
			return err
		}
	}
	return failed
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

func orNone(s *string) string {
	if s == nil {
		return "no date"
	}
	return *s
}

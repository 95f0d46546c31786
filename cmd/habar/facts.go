package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"habar/digest/trade"
)

// factsCmd reads trade facts out of articles.
type factsCmd struct {
	Files []string `arg:"" name:"file" help:"Plain-text articles, the title on the first line; - is stdin."`
	Date  string   `help:"Day of the articles, YYYY-MM-DD, from which 'last year' counts; the latest that an article names when absent."`
	All   bool     `help:"Print what is not sure too, each with how sure it is."`

	Explain bool `help:"Print how each figure of the articles was read, and what spoke for it."`
	JSON    bool `help:"Print one JSON object a line." name:"json"`
}

// extractedJSON is a fact as DESIGN 3.6 has it.
type extractedJSON struct {
	File     string      `json:"file"`
	Country  string      `json:"country"`
	Partner  *string     `json:"partner"` // null for the world
	Flow     string      `json:"flow"`
	Metric   string      `json:"metric"`
	Value    json.Number `json:"value"`
	Unit     string      `json:"unit"`
	Period   *string     `json:"period"` // null where the text gives none
	Sentence string      `json:"sentence"`

	Confidence float64 `json:"confidence"` // from 0 to 1
}

// Run reads each file. One that cannot be read does not stop the others.
func (c *factsCmd) Run(p *program) error {
	var date time.Time
	if c.Date != "" {
		var err error
		if date, err = time.Parse(time.DateOnly, c.Date); err != nil {
			return fmt.Errorf("--date %q is not a day like 2026-04-01", c.Date)
		}
	}
	var failed error
	for _, name := range c.Files {
		if err := c.one(p, name, date); err != nil {
			failed = reportFile(p, name, err)
		}
	}
	return failed
}

func (c *factsCmd) one(p *program, name string, date time.Time) error {
	body, err := readArticle(p, name)
	if err != nil {
		return err
	}
	title, text, _ := strings.Cut(strings.TrimSpace(body), "\n")
	if date.IsZero() {
		date = trade.DateOf(body, time.Now())
	}
	if c.Explain {
		return c.explain(p, trade.Explain(title, text, date))
	}
	facts := trade.Checked(trade.Extract(title, text, date), nil)
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	for _, f := range facts {
		if !f.Sure() && !c.All {
			continue
		}
		if !c.JSON {
			line := f.String()
			if !f.Sure() {
				line += fmt.Sprintf(" (%.0f%% sure)", 100*f.Confidence)
			}
			fmt.Fprintf(p.out, "%s\n    %s\n", line, f.Sentence)
			continue
		}
		err := enc.Encode(extractedJSON{
			name, f.Country, orNull(f.Partner), string(f.Flow), string(f.Metric), json.Number(f.Value.String()), f.Unit, orNull(f.Period), f.Sentence, math.Round(f.Confidence*1000) / 1000,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// explain prints how each figure was read: its likeliest readings, and what weighs for the
// first of them against the second.
func (c *factsCmd) explain(p *program, all []trade.Explanation) error {
	if c.JSON {
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		for _, e := range all {
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
	sentence := ""
	for _, e := range all {
		if e.Sentence != sentence {
			fmt.Fprintf(p.out, "\n%s\n", e.Sentence)
			sentence = e.Sentence
		}
		fmt.Fprintf(p.out, "  %s\n", e.Figure)
		for _, r := range e.Readings {
			fmt.Fprintf(p.out, "    %3.0f%%  %s\n", 100*r.Probability, r.Reading)
		}
		fmt.Fprintf(p.out, "    %3.0f%%  %s, in the whole of the article\n", 100*e.Whole.Probability, e.Whole.Reading)
		for _, r := range e.Reasons {
			fmt.Fprintf(p.out, "          %+5.2f  %s\n", r.Weight, r.Feature)
		}
	}
	return nil
}

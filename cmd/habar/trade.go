package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"habar/bot/message"
	"habar/digest/reader"
	"habar/digest/trade"
)

// tradeCmd prints what is known of countries' trade.
type tradeCmd struct {
	Country []string `arg:"" optional:"" help:"A country's code or name; none prints the whole region."`
	All     bool     `help:"Print also what was read without being sure, each fact with its sentence and how sure."`
	JSON    bool     `help:"Print one JSON document." name:"json"`
}

type factJSON struct {
	Country   string      `json:"country"`
	Partner   *string     `json:"partner"`
	Flow      string      `json:"flow"`
	Metric    string      `json:"metric"`
	Value     json.Number `json:"value"`
	Unit      string      `json:"unit"`
	Period    *string     `json:"period"`
	Sentence  string      `json:"sentence"`
	Sure      float64     `json:"confidence"` // from 0 to 1
	Publisher string      `json:"publisher"`
	URL       string      `json:"url"`
	Date      string      `json:"date"`
}

// Run reads the facts from the database and prints a profile for each country.
func (c *tradeCmd) Run(ctx context.Context, p *program) error {
	countries := trade.Region()
	if len(c.Country) > 0 {
		code, err := trade.ParseCountry(strings.Join(c.Country, " "))
		if err != nil {
			return err
		}
		countries = []string{code}
	}
	db, err := openSeeded(ctx, p)
	if err != nil {
		return err
	}
	defer db.Close()
	out := []factJSON{}
	for _, country := range countries {
		facts, err := db.Facts(ctx, country)
		if err != nil {
			return fmt.Errorf("read facts of %s: %w", country, err)
		}
		profile := trade.Of(country, facts)
		if !c.JSON {
			fmt.Fprintln(p.out, message.To(reader.New(0, "en"), time.Now()).Profile(profile).Plain()+"\n")
			if c.All {
				c.unsure(p.out, country, facts)
			}
			continue
		}
		if !c.All {
			facts = profile.Facts
		}
		for _, f := range facts {
			if f.Country != country || f.Official {
				continue
			}
			out = append(out, factJSON{
				f.Country, orNull(f.Partner), string(f.Flow), string(f.Metric), json.Number(f.Value.String()), f.Unit, orNull(f.Period),
				f.Sentence, f.Certainty(), f.Article.Publisher, f.Article.URL, f.Article.Date.Format(time.DateOnly),
			})
		}
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(map[string]any{"facts": out})
	}
	return nil
}

// unsure prints the facts that no profile is made of.
func (c *tradeCmd) unsure(out io.Writer, country string, facts []trade.Fact) {
	for _, f := range facts {
		if f.Country == country && !f.Sure() {
			fmt.Fprintf(out, "%.0f%% sure: %s\n    %s (%s, %s)\n", 100*f.Confidence, f, f.Sentence, f.Article.Publisher, f.Article.Date.Format(time.DateOnly))
		}
	}
}

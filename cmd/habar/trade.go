package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"habar/bot/message"
	"habar/digest/reader"
	"habar/digest/trade"
)

// tradeCmd prints what is known of countries' trade.
type tradeCmd struct {
	Country []string `arg:"" optional:"" help:"A country's code or name; none prints the whole region."`
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
			continue
		}
		for _, f := range profile.Facts {
			out = append(out, factJSON{
				f.Country, orNull(f.Partner), string(f.Flow), string(f.Metric), json.Number(f.Value.String()), f.Unit, orNull(f.Period),
				f.Sentence, f.Article.Publisher, f.Article.URL, f.Article.Date.Format(time.DateOnly),
			})
		}
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(map[string]any{"facts": out})
	}
	return nil
}

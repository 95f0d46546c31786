// Package builtin is what habar knows with no network: the rates, stories and trade
// figures of 8 December 2025. It stands in until live data comes and is never the
// yardstick of it. Figures come from the publishers named in the files; the
// sentences are ours.
package builtin

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/trade"
)

// Date is the day of the built-in figures.
var Date = time.Date(2025, 12, 8, 0, 0, 0, 0, time.UTC)

var (
	//go:embed rates.json
	ratesJSON []byte
	//go:embed stories.toml
	storiesTOML string
	//go:embed facts.toml
	factsTOML string
)

// Contents are everything that is built in.
type Contents struct {
	Quotes  []rates.Quote
	Stories []news.Story
	Facts   []trade.Fact
}

// Load reads what is built in. An error is a fault of this program.
func Load() (Contents, error) {
	var (
		c    Contents
		errs [3]error
	)
	c.Quotes, errs[0] = quotes()
	c.Stories, errs[1] = stories()
	c.Facts, errs[2] = facts()
	for _, err := range errs {
		if err != nil {
			return Contents{}, fmt.Errorf("built-in figures: %w", err)
		}
	}
	return c, nil
}

func quotes() ([]rates.Quote, error) {
	var file struct {
		USD map[string]json.Number `json:"usd"`
	}
	if err := json.Unmarshal(ratesJSON, &file); err != nil {
		return nil, err
	}
	var all []rates.Quote
	for code, n := range file.USD {
		c, err := rates.ParseCurrency(code)
		if err != nil {
			return nil, err
		}
		value, err := rates.ParseDecimal(n.String())
		if err != nil {
			return nil, err
		}
		all = append(all, rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: c}, Value: value, Source: rates.Builtin, Effective: Date, Fetched: Date})
	}
	return all, nil
}

func stories() ([]news.Story, error) {
	var file struct {
		Publisher string
		Site      string
		Story     []struct {
			ID, Title, Summary, Text string
			Countries, Topics        []string
		}
	}
	if err := strict(storiesTOML, &file); err != nil {
		return nil, err
	}
	var all []news.Story
	for i, s := range file.Story {
		all = append(all, news.Story{
			URL: file.Site + "#" + s.ID, Publisher: file.Publisher, Title: s.Title, Summary: s.Summary, Text: strings.TrimSpace(s.Text),
			Countries: s.Countries, Topics: s.Topics, Language: "en", Published: Date.Add(-time.Duration(i) * time.Minute), Builtin: true,
		})
	}
	return all, nil
}

func facts() ([]trade.Fact, error) {
	var file struct {
		Publisher string
		Site      string
		Group     []struct {
			Country, Period, Sentence string
			Facts                     []string
		}
	}
	if err := strict(factsTOML, &file); err != nil {
		return nil, err
	}
	article := trade.Article{Publisher: file.Publisher, URL: file.Site, Date: Date}
	var all []trade.Fact
	for _, g := range file.Group {
		for _, line := range g.Facts {
			f := trade.Fact{Country: g.Country, Period: g.Period, Sentence: g.Sentence, Article: article, Builtin: true}
			var value string
			if _, err := fmt.Sscan(line, &f.Flow, &f.Metric, &f.Partner, &value, &f.Unit); err != nil {
				return nil, fmt.Errorf("fact %q: %w", line, err)
			}
			var err error
			if f.Value, err = rates.ParseDecimal(value); err != nil {
				return nil, fmt.Errorf("fact %q: %w", line, err)
			}
			f.Partner = strings.TrimPrefix(f.Partner, "-")
			all = append(all, f)
		}
	}
	return all, nil
}

// strict decodes TOML and refuses keys that nobody reads.
func strict(text string, into any) error {
	meta, err := toml.Decode(text, into)
	if err != nil {
		return err
	}
	if left := meta.Undecoded(); len(left) > 0 {
		return fmt.Errorf("unknown keys %v", left)
	}
	return nil
}

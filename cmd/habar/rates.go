package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/desk"
	"habar/digest/rates"
	"habar/digest/reader"
)

// ratesCmd asks all sources now. It changes nothing.
type ratesCmd struct {
	Pairs []string `arg:"" optional:"" name:"code-or-pair" help:"Currencies or pairs besides the region's: EUR/KZT."`
	JSON  bool     `help:"Print one JSON document." name:"json"`
	rateFlags
}

type boardJSON struct {
	AsOf        string        `json:"as_of"`
	Rates       []rateJSON    `json:"rates"`
	Quarantined []refusalJSON `json:"quarantined"`
	Errors      []errorJSON   `json:"errors"`
}

type quoteJSON struct {
	Base   string `json:"base"`
	Quote  string `json:"quote"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Date   string `json:"date"`
}

type rateJSON struct {
	quoteJSON
	Legs          []quoteJSON        `json:"legs"`
	ChangePercent map[string]*string `json:"change_percent"`
}

type refusalJSON struct {
	quoteJSON
	Reason string `json:"reason"`
}

type errorJSON struct {
	Source string `json:"source"`
	Error  string `json:"error"`
}

// Run asks, judges against what the database knows, and prints.
func (c *ratesCmd) Run(ctx context.Context, p *program) error {
	pairs := reader.Reader{}.Pairs(rates.USD)
	for _, arg := range c.Pairs {
		pair, err := rates.ParsePair(arg)
		if err != nil {
			return fmt.Errorf("%q is neither a currency nor a pair: %w", arg, err)
		}
		pairs = append(pairs, pair)
	}
	sources, err := c.sources()
	if err != nil {
		return err
	}
	before, err := openKnown(ctx, p.db)
	if err != nil {
		return err
	}
	defer before.close()

	now := time.Now()
	answers := desk.Ask(ctx, sources, fetcher(sources), now)
	verdict := rates.Judge(before.board, desk.Quotes(answers), now)
	before.board = verdict.Board
	listings, err := rates.List(ctx, before, pairs...)
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(p.out).Encode(asBoardJSON(now, listings, verdict.Quarantined, answers))
	} else {
		err = printBoard(p, listings, verdict.Quarantined, answers)
	}
	if err == nil && noneAnswered(answers) {
		return errors.New("no source answered: the rates are what was known before. Check the network, or set HABAR_SOURCES")
	}
	return err
}

// noneAnswered reports whether sources were asked and none answered. A declared peg is not
// an answer.
func noneAnswered(answers []desk.Answer) bool {
	asked := 0
	for _, a := range answers {
		if a.Source == rates.PEG {
			continue
		}
		asked++
		if a.Err == nil {
			return false
		}
	}
	return asked > 0
}

func asBoardJSON(now time.Time, listings []rates.Listing, held []rates.Refusal, answers []desk.Answer) boardJSON {
	out := boardJSON{AsOf: now.UTC().Format(time.RFC3339), Rates: []rateJSON{}, Quarantined: []refusalJSON{}, Errors: []errorJSON{}}
	for _, l := range listings {
		r := rateJSON{
			quoteJSON:     quoteJSON{string(l.Base), string(l.Pair.Quote), shown(l.Rate), l.Source(), l.Effective().Format(time.DateOnly)},
			Legs:          []quoteJSON{},
			ChangePercent: map[string]*string{},
		}
		for _, q := range l.Legs {
			r.Legs = append(r.Legs, asQuoteJSON(q))
		}
		for _, m := range l.Moves {
			key := fmt.Sprintf("%dd", m.Days)
			r.ChangePercent[key] = nil
			if m.Known {
				s := m.Percent.String()
				r.ChangePercent[key] = &s
			}
		}
		out.Rates = append(out.Rates, r)
	}
	for _, q := range held {
		out.Quarantined = append(out.Quarantined, refusalJSON{asQuoteJSON(q.Quote), q.Doubt.String()})
	}
	for _, a := range answers {
		if a.Err != nil {
			out.Errors = append(out.Errors, errorJSON{a.Source, reason(a)})
		}
	}
	return out
}

// reason is a source's error without the name that stands beside it.
func reason(a desk.Answer) string { return strings.TrimPrefix(firstLine(a.Err), a.Source+": ") }

func asQuoteJSON(q rates.Quote) quoteJSON {
	return quoteJSON{string(q.Base), string(q.Pair.Quote), rates.Plain(q.Value), q.Source, q.Effective.Format(time.DateOnly)}
}

// shown writes a rate with the publisher's own digits, or ten significant ones where
// it is computed.
func shown(r rates.Rate) string {
	if !r.Crossed() && r.Legs[0].Pair == r.Pair {
		return rates.Plain(r.Value)
	}
	return significant(r.Value)
}

// significant keeps ten significant digits of a computed rate.
func significant(d decimal.Decimal) string {
	digits := int32(d.NumDigits()) + d.Exponent() //nolint:gosec // bounded by the division that made it
	return d.Round(10 - digits).String()
}

func printBoard(p *program, listings []rates.Listing, held []rates.Refusal, answers []desk.Answer) error {
	t := table{head: []string{"PAIR", "RATE", "1D", "7D", "30D", "SOURCE", "DATE"}, right: []bool{false, true, true, true, true, false, false}}
	for _, l := range listings {
		row := []string{l.Pair.String(), shown(l.Rate)}
		for _, m := range l.Moves[:3] {
			row = append(row, percent(m))
		}
		t.rows = append(t.rows, append(row, l.Source(), l.Effective().Format(time.DateOnly)))
	}
	if err := t.print(p.out); err != nil {
		return err
	}
	for _, q := range held {
		fmt.Fprintf(p.out, "held back: %s %s of %s from %s: %s\n", q.Pair, q.Value, q.Effective.Format(time.DateOnly), q.Source, q.Doubt.String())
	}
	for _, a := range answers {
		if a.Err != nil {
			fmt.Fprintf(p.err, "habar: %s: %s\n", a.Source, reason(a))
		}
	}
	return nil
}

func percent(m rates.Move) string {
	if !m.Known {
		return "–"
	}
	sign := ""
	if m.Percent.GreaterThan(decimal.Zero) {
		sign = "+"
	}
	return sign + m.Percent.StringFixed(2) + "%"
}

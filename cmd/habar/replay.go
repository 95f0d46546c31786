package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest"
	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
)

// replayCmd plays history against the alerts.
type replayCmd struct {
	From  string   `help:"First day, YYYY-MM-DD." required:""`
	To    string   `help:"Last day, YYYY-MM-DD." required:""`
	Alert []string `help:"Try this alert as well, in the words of /alert; may be said several times." sep:"none" placeholder:"WORDS"`
	JSON  bool     `help:"Print one JSON document." name:"json"`
}

type replayJSON struct {
	From    string        `json:"from"`
	To      string        `json:"to"`
	Days    int           `json:"days"`   // that have figures
	Quotes  int           `json:"quotes"` // that were played
	Firings []firingsJSON `json:"firings"`
}

type firingsJSON struct {
	Date   string         `json:"date"` // YYYY-MM-DD
	ID     int64          `json:"alert_id"`
	Alert  string         `json:"alert"` // what was asked for
	Base   rates.Currency `json:"base"`
	Quote  rates.Currency `json:"quote"`
	From   string         `json:"from"` // what a percentage counts from, else the rate when the alert was armed
	Value  string         `json:"value"`
	Source string         `json:"source"`
}

// Run plays on a copy: the database itself is only read.
func (c *replayCmd) Run(ctx context.Context, p *program) error {
	from, to, err := c.days()
	if err != nil {
		return err
	}
	stage, done, err := stageOf(ctx, p.db)
	if err != nil {
		return err
	}
	defer done()
	if err := c.try(ctx, stage, from); err != nil {
		return err
	}
	seen, err := digest.Replay{Stage: stage, From: from, To: to}.Run(ctx)
	if err != nil {
		return err
	}
	return c.print(p, seen)
}

func (c *replayCmd) days() (from, to time.Time, err error) {
	if from, err = time.Parse(time.DateOnly, c.From); err != nil {
		return from, to, fmt.Errorf("--from %q is not a day like 2026-04-01", c.From)
	}
	if to, err = time.Parse(time.DateOnly, c.To); err != nil {
		return from, to, fmt.Errorf("--to %q is not a day like 2026-04-01", c.To)
	}
	if to.Before(from) {
		return from, to, fmt.Errorf("--to %s is before --from %s", c.To, c.From)
	}
	return from, to, nil
}

// stageOf opens a copy of a database that is gone when done is called.
func stageOf(ctx context.Context, path string) (stage *store.DB, done func(), err error) {
	db, err := store.Open(ctx, path)
	if err != nil {
		return nil, nil, openFailed(err)
	}
	defer db.Close()
	dir, err := os.MkdirTemp("", "habar-replay-*")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) } // a temporary folder at worst
	copied := filepath.Join(dir, "habar.db")
	if err := db.CopyTo(ctx, copied); err != nil {
		remove()
		return nil, nil, err
	}
	if stage, err = store.Open(ctx, copied); err != nil {
		remove()
		return nil, nil, openFailed(err)
	}
	return stage, func() { _ = stage.Close(); remove() }, nil
}

// tryChat is a chat of the copy that no one has.
const tryChat = 0

// try sets the alerts of the command line.
func (c *replayCmd) try(ctx context.Context, stage *store.DB, from time.Time) error {
	if len(c.Alert) == 0 {
		return nil
	}
	if _, err := stage.Meet(ctx, reader.New(tryChat, "en"), from); err != nil {
		return err
	}
	for _, words := range c.Alert {
		wish, err := alert.Parse(words, from)
		if err != nil {
			return fmt.Errorf("--alert %q: %w", words, err)
		}
		if wish.Kind == alert.Level && wish.Direction == 0 {
			return fmt.Errorf("--alert %q: say > or <", words)
		}
		a, err := wish.For(tryChat, alert.Reading{At: from})
		if err != nil {
			return fmt.Errorf("--alert %q: %w", words, err)
		}
		if _, err := stage.AddAlert(ctx, a, len(c.Alert)); err != nil {
			return fmt.Errorf("--alert %q: %w", words, err)
		}
	}
	return nil
}

func (c *replayCmd) print(p *program, seen digest.Replayed) error {
	if c.JSON {
		doc := replayJSON{From: c.From, To: c.To, Days: seen.Days, Quotes: seen.Quotes, Firings: []firingsJSON{}}
		for _, f := range seen.Rung {
			doc.Firings = append(doc.Firings, firingsJSON{
				Date: f.At.Format(time.DateOnly), ID: f.AlertID, Alert: asked(f.Fired), Base: f.Pair.Base, Quote: f.Pair.Quote,
				From: significant(from(f.Fired)), Value: significant(f.Value), Source: f.Source,
			})
		}
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(doc)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, f := range seen.Rung {
		fmt.Fprintf(w, "%s\t%s\t%s\t→ %s\t%s\n", f.At.Format(time.DateOnly), asked(f.Fired), significant(from(f.Fired)), significant(f.Value), f.Source)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, "%d firings in %d days with figures, %d figures\n", len(seen.Rung), seen.Days, seen.Quotes)
	return err
}

// from returns the rate from which an alert came to where it fired.
func from(f delivery.Fired) decimal.Decimal {
	if f.From.IsPositive() {
		return f.From
	}
	return f.Before
}

// asked writes what an alert asked for as /alert reads it.
func asked(f delivery.Fired) string {
	a := f.Asked()
	w := alert.Wish{Kind: a.Kind, Direction: a.Direction, Amount: a.Amount, Window: a.Window, Repeat: a.Repeat}
	return a.Pair.String() + " " + w.Words()
}

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

	"habar/digest/alert"
	"habar/digest/desk"
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
	copied, done, err := openCopy(ctx, p.db)
	if err != nil {
		return err
	}
	defer done()
	if err := c.try(ctx, copied, from); err != nil {
		return err
	}
	seen, err := desk.Replay{Store: copied, From: from, To: to}.Run(ctx)
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

// openCopy opens a copy of a database that is gone when done is called.
func openCopy(ctx context.Context, path string) (copied *store.DB, done func(), err error) {
	dir, err := os.MkdirTemp("", "habar-replay-*")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) } // a temporary folder at worst
	file := filepath.Join(dir, "habar.db")
	if err := copyOf(ctx, path, file); err != nil {
		remove()
		return nil, nil, err
	}
	if copied, err = store.Open(ctx, file); err != nil {
		remove()
		return nil, nil, openFailed(err)
	}
	return copied, func() { _ = copied.Close(); remove() }, nil
}

// copyOf copies a database into a file, beside a habar that serves.
func copyOf(ctx context.Context, where, file string) error {
	if store.IsPostgres(where) {
		_, err := store.Snapshot(ctx, where, file)
		return openFailed(err)
	}
	db, err := store.Open(ctx, where)
	if err != nil {
		return openFailed(err)
	}
	defer db.Close()
	return db.CopyTo(ctx, file)
}

// tryChat is a chat of the copy that no one has.
const tryChat = 0

// try sets the alerts of the command line.
func (c *replayCmd) try(ctx context.Context, db *store.DB, from time.Time) error {
	if len(c.Alert) == 0 {
		return nil
	}
	if _, err := db.Register(ctx, reader.New(tryChat, "en"), from); err != nil {
		return err
	}
	for _, words := range c.Alert {
		wanted, err := alert.Parse(words, from)
		if err != nil {
			return fmt.Errorf("--alert %q: %w", words, err)
		}
		if wanted.Kind == alert.Level && wanted.Direction == alert.Either {
			return fmt.Errorf("--alert %q: say > or <", words)
		}
		a, err := alert.New(wanted.Terms, tryChat, alert.Reading{At: from})
		if err != nil {
			return fmt.Errorf("--alert %q: %w", words, err)
		}
		if _, err := db.AddAlert(ctx, a, len(c.Alert)); err != nil {
			return fmt.Errorf("--alert %q: %w", words, err)
		}
	}
	return nil
}

func (c *replayCmd) print(p *program, seen desk.Replayed) error {
	if c.JSON {
		doc := replayJSON{From: c.From, To: c.To, Days: seen.Days, Quotes: seen.Quotes, Firings: []firingsJSON{}}
		for _, f := range seen.Firings {
			doc.Firings = append(doc.Firings, firingsJSON{
				Date: f.At.Format(time.DateOnly), ID: f.AlertID, Alert: f.Pair.String() + " " + f.Words(), Base: f.Pair.Base, Quote: f.Pair.Quote,
				From: significant(countedFrom(f.Fired)), Value: significant(f.Value), Source: f.Source,
			})
		}
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(doc)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, f := range seen.Firings {
		fmt.Fprintf(w, "%s\t%s\t%s\t→ %s\t%s\n", f.At.Format(time.DateOnly), f.Pair.String()+" "+f.Words(), significant(countedFrom(f.Fired)), significant(f.Value), f.Source)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, "%s in %s with figures, %s\n", count(len(seen.Firings), "firing"), count(seen.Days, "day"), count(seen.Quotes, "figure"))
	return err
}

// countedFrom returns the rate from which an alert came to where it fired.
func countedFrom(f alert.Fired) decimal.Decimal {
	if f.From.IsPositive() {
		return f.From
	}
	return f.Before
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"habar/digest/desk"
	"habar/digest/rates"
	"habar/store"
)

// backfillCmd reads history into the database.
type backfillCmd struct {
	Codes []string      `arg:"" optional:"" name:"code" help:"Keep only rates of these currencies; none keeps all."`
	Days  int           `help:"How many days back." default:"365"`
	Pace  time.Duration `help:"Least time between two questions to one source." default:"1s"`
	rateFlags
}

const maxDays = 4000

// Run reads day after day. Safe to run again at any time.
func (c *backfillCmd) Run(ctx context.Context, p *program) error {
	if c.Days < 1 || c.Days > maxDays {
		return fmt.Errorf("--days is a number from 1 to %d", maxDays)
	}
	var codes []rates.Currency
	for _, arg := range c.Codes {
		code, err := rates.ParseCurrency(arg)
		if err != nil {
			return err
		}
		codes = append(codes, code)
	}
	sources, err := c.sources()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, p.db)
	if err != nil {
		return openFailed(err)
	}
	defer db.Close()
	progress, finish := showProgress(p.err, c.Days)
	b := desk.Backfill{
		Sources: sources, Fetch: fetcher(sources), Store: db, Codes: codes, Days: c.Days, Pace: c.Pace, Now: time.Now().UTC(), Progress: progress,
	}
	last, err := b.Run(ctx)
	finish()
	fmt.Fprintf(p.out, "%d of %d days read, until %s: %s\n", last.Done, last.Total, last.Day.Format(time.DateOnly), last)
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted: run it again to go on from here")
	}
	return err
}

// progressEvery is how many days a line of progress stands for where there is no terminal.
const progressEvery = 30

// showProgress draws a bar on a terminal, and else writes plain lines.
func showProgress(w io.Writer, days int) (show func(desk.Step), finish func()) {
	f, isFile := w.(*os.File)
	if isFile && isatty.IsTerminal(f.Fd()) {
		bar := progressbar.NewOptions(days, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionSetWidth(30),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
		show = func(s desk.Step) {
			for _, err := range s.Errors {
				_ = bar.Clear() // cosmetic
				fmt.Fprintln(w, "habar:", firstLine(err))
			}
			bar.Describe(s.Day.Format(time.DateOnly))
			_ = bar.Set(s.Done) // cosmetic
		}
		return show, func() { _ = bar.Finish() } // cosmetic
	}
	show = func(s desk.Step) {
		for _, err := range s.Errors {
			fmt.Fprintln(w, "habar:", firstLine(err))
		}
		if s.Done%progressEvery == 0 || s.Done == s.Total {
			fmt.Fprintf(w, "%s: %d of %d days, %d rates\n", s.Day.Format(time.DateOnly), s.Done, s.Total, s.Kept)
		}
	}
	return show, func() {}
}

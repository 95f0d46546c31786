package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"habar/store"
)

// copyCmd copies a database into an empty one of either kind.
type copyCmd struct {
	From string `arg:"" help:"A SQLite file, or a postgres:// URL."`
	To   string `arg:"" help:"The same; a place where nothing is yet."`
}

// Run copies all or nothing, and counts.
func (c *copyCmd) Run(ctx context.Context, p *program) error {
	if err := exists(c.From); err != nil {
		return err
	}
	made := !store.IsPostgres(c.To) && errors.Is(exists(c.To), errNoDatabase)
	show, finish := showCopy(p.err)
	counts, err := store.Transfer(ctx, c.From, c.To, show)
	finish()
	if err != nil {
		if made {
			for _, suffix := range []string{"", "-wal", "-shm", ".lock"} { // nothing is left behind
				_ = os.Remove(c.To + suffix)
			}
		}
		return openFailed(err)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	all := int64(0)
	for _, t := range counts {
		if all += t.Rows; t.Rows > 0 {
			fmt.Fprintf(w, "%s\t%d\t\n", t.Table, t.Rows)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%d rows copied from %s to %s, and counted there\n", all, store.Redacted(c.From), store.Redacted(c.To))
	return err
}

var errNoDatabase = errors.New("there is no database")

// exists reports errNoDatabase for a file that is not there.
func exists(where string) error {
	if store.IsPostgres(where) {
		return nil
	}
	if _, err := os.Stat(where); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", where, errNoDatabase)
	}
	return nil
}

// showCopy draws a bar for each large table on a terminal, and else nothing.
func showCopy(w io.Writer) (show func(table string, done, all int64), finish func()) {
	f, isFile := w.(*os.File)
	if !isFile || !isatty.IsTerminal(f.Fd()) {
		return func(string, int64, int64) {}, func() {}
	}
	var bar *progressbar.ProgressBar
	now := ""
	finish = func() {
		if bar != nil {
			_ = bar.Finish() // cosmetic
		}
	}
	return func(table string, done, all int64) {
		if table != now {
			finish()
			now = table
			bar = progressbar.NewOptions64(all, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(), progressbar.OptionSetWidth(30),
				progressbar.OptionSetDescription(table), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set64(done) // cosmetic
	}, finish
}

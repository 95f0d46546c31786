// Habar brings Central Asia's rates, news and trade figures to Telegram. This package
// is the program: it reads the command line and the environment, which nobody else
// does, and wires the parts together. Each command is one file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones travel with the program

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"

	"habar/digest/rates/bank"
)

// cli is the whole command line.
type cli struct {
	DB       string `help:"SQLite file, or postgres://USER:PASSWORD@HOST/DATABASE for several replicas." env:"HABAR_DB" default:"habar.db" placeholder:"FILE"`
	Log      string `help:"Form of the log on stderr: text or json." env:"HABAR_LOG" default:"text" enum:"text,json"`
	LogLevel string `help:"Least level that is logged: debug, info, warn or error." env:"HABAR_LOG_LEVEL" default:"info" enum:"debug,info,warn,error"`

	Serve     serveCmd     `cmd:"" default:"withargs" help:"Run the bot: at Telegram with a token, else as a playground in the browser."`
	Rates     ratesCmd     `cmd:"" help:"Ask all sources now and print the board."`
	News      newsCmd      `cmd:"" help:"Read all feeds now and print the stories."`
	Trade     tradeCmd     `cmd:"" help:"Print a country's trade profile."`
	Digest    digestCmd    `cmd:"" help:"Print the digest that a subscriber would get now."`
	Backfill  backfillCmd  `cmd:"" help:"Read the rates of past days from the sources that keep them."`
	Import    importCmd    `cmd:"" help:"Take saved answers of banks and markets into the database."`
	Replay    replayCmd    `cmd:"" help:"Play stored rates against the alerts on a copy and print what would have fired."`
	Page      pageCmd      `cmd:"" help:"Read saved news pages: date, rates, stories."`
	Facts     factsCmd     `cmd:"" help:"Read trade facts out of plain-text articles."`
	Summarise summariseCmd `cmd:"" help:"Summarise plain-text articles."`
	Backup    backupCmd    `cmd:"" help:"Copy the database to a file while habar runs, and check the copy."`
	Restore   restoreCmd   `cmd:"" help:"Put a backup where no database is."`
	Copy      copyCmd      `cmd:"" help:"Copy a whole database into an empty one: from a file to PostgreSQL, or back."`
	Doctor    doctorCmd    `cmd:"" help:"Check database, token, sources, feeds and zones, each with its reason."`
	Health    healthCmd    `cmd:"" help:"Ask the running habar whether it is well."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

// A program is where a command writes to and what it may need besides its own flags.
type program struct {
	out, err io.Writer
	in       io.Reader
	db       string
	log      *slog.Logger
}

// Exit statuses.
const (
	exitDone = iota
	exitFailed
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errReported ends a command with status 1 when it has said why already.
var errReported = errors.New("reported already")

func run(ctx context.Context, args []string, in io.Reader, out, stderr io.Writer) int {
	var (
		c      cli
		exited = -1
	)
	parser, err := kong.New(&c,
		kong.Name("habar"),
		kong.Description("Central Asia's rates, news and trade figures, for Telegram.\n\n"+sourceHelp()),
		kong.Writers(out, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "habar:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	switch {
	case exited >= 0: // help was printed
		return exited
	case err != nil:
		fmt.Fprintf(stderr, "habar: %v%s\nSee: habar --help\n", err, meant(parser, args))
		return exitUsage
	}
	p := &program{out: out, err: stderr, in: in, db: c.DB, log: newLog(stderr, c.Log, c.LogLevel)}
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(p); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(stderr, "habar:", firstLine(err))
		}
		return exitFailed
	}
	return exitDone
}

// meant names the command that a mistyped one is near to; "" for none.
func meant(parser *kong.Kong, args []string) string {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		for _, node := range parser.Model.Children {
			if far := levenshtein.ComputeDistance(arg, node.Name); far > 0 && far <= 2 && far < len(arg)/2+1 {
				return fmt.Sprintf(". Did you mean %q?", node.Name)
			}
		}
	}
	return ""
}

// firstLine keeps an error to one line.
func firstLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// sourceHelp lists the variables that replace the sources' addresses.
func sourceHelp() string {
	var names []string
	for _, s := range bank.All() {
		if s.Env != "" {
			names = append(names, s.Env)
		}
	}
	return "The address of each source of rates can be replaced in the environment; {date} stands for the day: " + strings.Join(names, " ")
}

func newLog(w io.Writer, form, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo // kong lets no other word through
	}
	options := &slog.HandlerOptions{Level: l}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if form == "json" {
		h = slog.NewJSONHandler(w, options)
	}
	return slog.New(newRepeats(h, time.Now))
}

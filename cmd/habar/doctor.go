package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"habar/bot"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/store"
)

// doctorCmd checks what habar depends on. It changes nothing.
type doctorCmd struct {
	Token string `help:"Bot token." env:"HABAR_TELEGRAM_TOKEN" placeholder:"TOKEN"`
	File  string `help:"File that holds the bot token." name:"token-file" env:"HABAR_TELEGRAM_TOKEN_FILE" placeholder:"FILE"`
	API   string `help:"Bot API server." env:"HABAR_TELEGRAM_API" default:"https://api.telegram.org" placeholder:"URL"`
	Feeds string `help:"Feed URLs, or a file with them." env:"HABAR_FEEDS"`
	JSON  bool   `help:"Print one JSON document." name:"json"`
	rateFlags
}

// Run checks one thing after another and fails if any of them does.
func (c *doctorCmd) Run(ctx context.Context, p *program) error {
	up := &checkup{p: p, json: c.JSON}
	before := c.database(ctx, up)
	defer before.close()
	if store.IsPostgres(p.db) {
		postgresServer(ctx, up, p.db)
	} else {
		integrity(ctx, up, p.db)
		space(up, p.db)
	}
	files(up, p.db, c.File)
	environment(up, os.Environ())
	c.token(ctx, up)
	skew(ctx, up, c.API)
	c.rates(ctx, up, before)
	c.feeds(ctx, up)
	zones(up)
	if err := up.print(); err != nil {
		return err
	}
	if up.sick > 0 {
		return fmt.Errorf("%d of the checks failed", up.sick)
	}
	return nil
}

func (c *doctorCmd) database(ctx context.Context, up *checkup) *known {
	if errors.Is(exists(up.p.db), errNoDatabase) {
		up.report("database", nil, up.p.db+" does not exist yet: habar makes it when it first runs", "")
		return &known{}
	}
	before, err := openKnown(ctx, up.p.db)
	if err != nil {
		advice := "stop habar, move the file away and put a backup in its place: habar restore FILE"
		if store.IsPostgres(up.p.db) {
			advice = "see README, Several machines"
		}
		up.report("database", err, "", advice)
		return &known{}
	}
	up.report("database", nil, fmt.Sprintf("%s, %d accepted rates are the newest of their kind", store.Redacted(up.p.db), len(before.board.Quotes())), "")
	return before
}

func (c *doctorCmd) token(ctx context.Context, up *checkup) {
	token, err := (&serveCmd{Token: c.Token, TokenFile: c.File}).token()
	if err == nil && token == "" {
		up.report("token", nil, "none: habar would run the playground", "")
		return
	}
	name := ""
	if err == nil {
		var b *bot.Bot
		if b, err = bot.New(bot.Config{Token: token, API: c.API, Log: up.p.log}); err == nil {
			name, err = b.Check(ctx)
		}
	}
	up.report("token", err, "of @"+name, "get one from @BotFather and set HABAR_TELEGRAM_TOKEN; where it is right, check the network and HABAR_TELEGRAM_API")
}

// rates asks every source and holds each against the others.
func (c *doctorCmd) rates(ctx context.Context, up *checkup, before *known) {
	sources, err := c.sources()
	if err != nil {
		up.report("sources", err, "", "HABAR_SOURCES takes names from habar --help, or none")
		return
	}
	now := time.Now()
	answers := desk.Ask(ctx, sources, fetcher(sources), now)
	verdict := rates.Judge(before.board, desk.Quotes(answers), now)
	outliers := verdict.Board.Outliers()
	states := sourceStates(ctx, before)
	last := lastAnswers(states)
	for i, a := range answers {
		if a.Err != nil {
			up.report(a.Source, errors.New(reason(a)+last[a.Source]), "", "check the network; its address can be set in the environment (habar --help)")
			continue
		}
		day := newest(a.Quotes)
		fact := fmt.Sprintf("%d rates of %s, %d days old", len(a.Quotes), day.Format(time.DateOnly), int(rates.Day(now).Sub(day).Hours()/24))
		if o, ok := outliers[a.Quotes[0].Source]; ok {
			fact += fmt.Sprintf(", at most %s %% from the median (%s)", o.Deviation, o.Pair)
		}
		up.report(a.Source, nil, fact, "")
		for _, odd := range desk.Audit(sources[i], a, states, verdict.Board, now).Findings {
			up.add(finding{State: "odd", Check: a.Source, Detail: fmt.Sprint(odd)})
		}
	}
	for _, q := range verdict.Quarantined {
		up.add(finding{State: "held", Check: q.Source, Detail: fmt.Sprintf("%s %s of %s: %s", q.Pair, q.Value, q.Effective.Format(time.DateOnly), q.Doubt.String())})
	}
}

// sourceStates returns how the sources were doing for the running habar.
func sourceStates(ctx context.Context, before *known) []rates.SourceState {
	if before.db == nil {
		return nil
	}
	states, err := before.db.Sources(ctx)
	if err != nil {
		return nil // the database's own check tells
	}
	return states
}

// lastAnswers says for each source when it last answered the running habar.
func lastAnswers(states []rates.SourceState) map[string]string {
	said := map[string]string{}
	for _, s := range states {
		if !s.Success.IsZero() {
			said[s.Name] = "; it last answered " + s.Success.Format(time.RFC3339)
		}
	}
	return said
}

func newest(quotes []rates.Quote) (day time.Time) {
	for _, q := range quotes {
		if q.Effective.After(day) {
			day = q.Effective
		}
	}
	return day
}

func (c *doctorCmd) feeds(ctx context.Context, up *checkup) {
	feeds, err := news.ParseFeeds(c.Feeds)
	if err != nil {
		up.report("feeds", err, "", "HABAR_FEEDS takes addresses, or a file with one a line")
		return
	}
	for _, f := range feeds {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		_, state, err := f.Read(ctx, fetch.New(f.URL), news.FeedState{}, time.Now())
		cancel()
		up.report("feed", err, fmt.Sprintf("%s: %d stories%s", f.Label(), state.Stories, leftOut(state.Left)), "check its address; a feed that is gone for a day is looked for on its outlet's site")
	}
}

// leftOut tells how many items of a feed are no stories, by reason.
func leftOut(left map[news.Reason]int) (text string) {
	for _, why := range slices.Sorted(maps.Keys(left)) {
		text += fmt.Sprintf(", %d %s", left[why], why)
	}
	return text
}

// zones looks whether the program's clocks are those of today: Kazakhstan has been
// UTC+5 everywhere since 2024-03-01.
func zones(up *checkup) {
	zone, err := time.LoadLocation("Asia/Almaty")
	if err == nil {
		if _, offset := time.Date(2026, 1, 1, 0, 0, 0, 0, zone).Zone(); offset != 5*60*60 {
			err = errors.New("the time zones are of before March 2024: Almaty is not UTC+5 in them")
		}
	}
	up.report("zones", err, "Almaty is UTC+5", "build habar with a newer Go")
}

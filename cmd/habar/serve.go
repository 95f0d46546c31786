package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"habar/bot"
	"habar/bot/message"
	"habar/bot/playground"
	"habar/bot/redact"
	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/health"
	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/replica"
	"habar/digest/summary"
	"habar/digest/trade"
	"habar/store"
)

// What the parts ask for and the store gives; only here are both known.
var (
	_ desk.Store = (*store.DB)(nil)
	_ bot.Store  = (*store.DB)(nil)
)

// serveCmd runs the bot until it is told to stop.
type serveCmd struct {
	Token      string  `help:"Bot token from @BotFather; none runs the playground." env:"HABAR_TELEGRAM_TOKEN" placeholder:"TOKEN"`
	TokenFile  string  `help:"File that holds the bot token." env:"HABAR_TELEGRAM_TOKEN_FILE" placeholder:"FILE"`
	API        string  `help:"Bot API server." env:"HABAR_TELEGRAM_API" default:"https://api.telegram.org" placeholder:"URL"`
	Listen     string  `help:"Address of the playground, /healthz and /readyz." env:"HABAR_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Webhook    string  `help:"Public https URL for updates instead of polling; its path is served on HABAR_LISTEN." name:"webhook-url" env:"HABAR_WEBHOOK_URL" placeholder:"URL"`
	Secret     string  `help:"Secret that Telegram repeats with each update; made and kept when absent." name:"webhook-secret" env:"HABAR_WEBHOOK_SECRET" placeholder:"SECRET"`
	RatesEvery string  `help:"When rates are gathered: a cron spec in UTC, or @every 10m." env:"HABAR_RATES_EVERY" default:"@every 15m"`
	NewsEvery  string  `help:"When feeds are read." env:"HABAR_NEWS_EVERY" default:"@every 20m"`
	Feeds      string  `help:"Feed URLs, comma-separated, or a file: OPML, or one a line: URL [country] [language] [name]. none for none." env:"HABAR_FEEDS"`
	Offers     string  `help:"Publishers of what banks and offices pay: nbt, fxkg, nbuz, halyk, kurskz; none for none. Without it those that are official." env:"HABAR_OFFERS" placeholder:"NAME,…"`
	FXKGToken  string  `help:"Token of fx.kg." name:"fxkg-token" env:"HABAR_FXKG_TOKEN" placeholder:"TOKEN"`
	WorldBank  string  `help:"World Bank's indicators API, with {countries} {indicator} {from} {to}; none for none." name:"worldbank-url" env:"HABAR_WORLDBANK_URL" placeholder:"URL"`
	SendRate   float64 `help:"Digests and alerts a second; more than 30 only with paid broadcast." env:"HABAR_SEND_RATE" default:"30"`
	Paid       bool    `help:"Pay Telegram in Stars to take more than 30 messages a second, for each digest and alert that is sent." name:"paid-broadcast" env:"HABAR_PAID_BROADCAST"`
	LLMURL     string  `help:"OpenAI-compatible endpoint for summaries, such as http://127.0.0.1:11434/v1; none makes them of the article's own sentences." name:"llm-url" env:"HABAR_LLM_URL" placeholder:"URL"`
	LLMModel   string  `help:"Model that the endpoint is asked for." name:"llm-model" env:"HABAR_LLM_MODEL" placeholder:"NAME"`
	LLMKey     string  `help:"Key of the endpoint." name:"llm-key" env:"HABAR_LLM_KEY" placeholder:"KEY"`
	LLMDaily   int     `help:"Summaries that the endpoint is asked for in a day at most." name:"llm-daily" env:"HABAR_LLM_DAILY" default:"300"`
	Admins     []int64 `help:"Telegram user ids of operators, comma-separated: they see what is wrong with sources." env:"HABAR_ADMINS" placeholder:"ID,…"`
	Backfill   int     `help:"Days of earlier rates that are read in the background after the start; 0 for none." env:"HABAR_BACKFILL" default:"365"`
	MaxAlerts  int     `help:"Alerts that one chat may have." env:"HABAR_MAX_ALERTS" default:"50"`
	MaxFeeds   int     `help:"Feeds that one chat may add." env:"HABAR_MAX_FEEDS" default:"20"`
	AskBurst   int     `help:"Questions that one person may ask at once." env:"HABAR_ASK_BURST" default:"20"`
	AskRate    float64 `help:"Questions a second that one person may ask in the long run." env:"HABAR_ASK_RATE" default:"2"`
	TakeOver   bool    `help:"Take the bot's updates over from another program that gets them by webhook, or the database from another bot." name:"take-over" env:"HABAR_TAKE_OVER"`
	MaxWaiting int     `help:"Questions of one chat that wait; what is over is refused, and that is said." env:"HABAR_MAX_WAITING" default:"30"`
	rateFlags
}

// Run opens, connects and waits: read top to bottom, it is the architecture.
func (c *serveCmd) Run(ctx context.Context, p *program) error {
	token, err := c.token()
	if err != nil {
		return err
	}
	d, err := c.desk(p)
	if err != nil {
		return err
	}
	db, err := store.OpenExclusive(ctx, p.db, p.tellStep)
	if err != nil {
		return openFailed(err)
	}
	defer db.Close()
	listener, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	watchdog := health.New(time.Now)
	state := &condition{db: db, watchdog: watchdog, rates: len(d.Sources) > 0, begun: time.Now(), now: time.Now}
	server := newServer(listener, state, p.log)
	config := c.config(token, db, watchdog)
	telegram, err := c.connect(ctx, db, server, &config)
	if err != nil {
		return err
	}
	c.observe(p, &config, state, server)
	past := &desk.Past{Desk: d, Days: c.Backfill, Pace: time.Second}
	config.History = historyOf(past)
	member := &replica.Member{Store: db, Log: config.Log}
	if db.Shared() {
		config.Replicas = replicas{db, member}
	}
	habar, err := bot.New(config)
	if err != nil {
		return err
	}
	state.reached, state.probe = habar.Reached, habar.Answers
	d.Beat = watchdog.Watch("desk", deskLimit)
	if hook := habar.Webhook(); hook != nil {
		server.mux.Handle(c.hookPath(), hook)
	}
	c.fit(d, db, &config, habar)
	if err := d.SeedBuiltin(ctx); err != nil {
		return err
	}

	server.start()
	loops := []func(context.Context) error{leading(member, d, past), habar.Run, server.wait, endless(newThrift().run), endless(func(ctx context.Context) {
		feedWatchdog(ctx, func() bool { return health.All(state.alive()) })
	})}
	if telegram != nil {
		loops = append(loops, endless(func(ctx context.Context) { p.invite(ctx, d, server.address()) }))
	}
	defer context.AfterFunc(ctx, state.drain)()
	err = besideOthers(ctx, member, loops)
	return errors.Join(err, server.stop(context.WithoutCancel(ctx))) // last: until then the bot may be talking to it
}

// observe has all that is written hide what is secret, and counts.
func (c *serveCmd) observe(p *program, config *bot.Config, state *condition, server *server) {
	config.Log = redact.New(config.Token, config.WebhookSecret, c.LLMKey, c.FXKGToken, store.Password(p.db)).Logger(p.log)
	measured := newMetrics(config.Log, state.db, func() time.Time { return state.reached() }, time.Now)
	config.Metrics = measured
	server.mux.Handle("GET /metrics", measured)
}

// fit gives the desk what is known only once the database is open.
func (c *serveCmd) fit(d *desk.Desk, db *store.DB, config *bot.Config, habar *bot.Bot) {
	d.Condition = func() desk.Condition {
		return desk.Condition{DiskFree: diskFree(db.Path()), Telegram: habar.Reached()}
	}
	d.Store, d.Log, d.Metrics = db, config.Log, config.Metrics
	if model, ok := d.Model.(*summary.Model); ok {
		model.Budget = db
	}
}

// replicas is what the bot is told of other processes.
type replicas struct {
	*store.DB
	*replica.Member
}

// leading does the desk's work for as long as this process is the one that does.
func leading(member *replica.Member, d *desk.Desk, past *desk.Past) func(context.Context) error {
	return func(ctx context.Context) error {
		return member.Lead(ctx, replica.Desk, func(ctx context.Context) error {
			return sideBySide(ctx, []func(context.Context) error{d.Run, endless(past.Run)})
		}, d.Beat)
	}
}

// besideOthers runs loops, and says all the while that this process is alive, until the last of them
// has ended.
func besideOthers(ctx context.Context, member *replica.Member, loops []func(context.Context) error) error {
	living, leave := context.WithCancel(context.WithoutCancel(ctx))
	left := make(chan struct{})
	go func() {
		defer close(left)
		member.Run(living)
	}()
	err := sideBySide(ctx, loops)
	leave()
	<-left
	return err
}

// connect says where the bot finds Telegram: the playground where there is no token, which is
// returned then, else the real one by polling or by a webhook.
func (c *serveCmd) connect(ctx context.Context, db *store.DB, server *server, config *bot.Config) (*playground.Server, error) {
	if config.Token == "" {
		telegram, err := c.playground()
		if err != nil {
			return nil, err
		}
		config.Token, config.API, config.Playground = telegram.Token(), server.address(), true
		server.mount(telegram)
		return telegram, nil
	}
	if c.Webhook == "" {
		return nil, nil //nolint:nilnil // there is no playground, and nothing is wrong
	}
	var err error
	config.WebhookURL = c.Webhook
	config.WebhookSecret, err = c.secret(ctx, db)
	return nil, err
}

func historyOf(past *desk.Past) func() message.HistoryProgress {
	return func() message.HistoryProgress {
		done, all := past.Progress()
		return message.HistoryProgress{Done: done, All: all}
	}
}

// sideBySide runs loops until the first fails or ctx is done, and waits for all.
func sideBySide(ctx context.Context, loops []func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, loop := range loops {
		g.Go(func() error { return loop(ctx) })
	}
	return g.Wait()
}

// endless is a loop that cannot fail.
func endless(run func(context.Context)) func(context.Context) error {
	return func(ctx context.Context) error {
		run(ctx)
		return nil
	}
}

// tellStep says that a database is being brought up to date, which may take its time.
func (p *program) tellStep(step, of int) {
	p.log.Info("bringing the database of an earlier habar up to date", "step", step, "of", of)
}

// config is what the bot is told of the operator's choices.
func (c *serveCmd) config(token string, db *store.DB, watchdog *health.Watchdog) bot.Config {
	return bot.Config{
		Token: token, API: c.API, Store: db, Now: time.Now, SendRate: c.SendRate, PaidBroadcast: c.Paid,
		MaxAlerts: c.MaxAlerts, MaxFeeds: c.MaxFeeds, AskBurst: c.AskBurst, AskRate: c.AskRate, MaxWaiting: c.MaxWaiting,
		Feeds: fetch.New(), Operators: c.Admins, CannotKeep: store.CannotKeep, Watchdog: watchdog, TakeOver: c.TakeOver,
	}
}

// deskLimit is how long the schedule, which moves every minute, may be silent.
const deskLimit = 4 * time.Minute

// inviteAfter is how long the line that says where habar is may wait for the first round, so
// that it stands below what that logs.
const inviteAfter = 1500 * time.Millisecond

// invite says where the playground is: once everything was tried, or soon, and then once more
// below what came after.
func (p *program) invite(ctx context.Context, d *desk.Desk, address string) {
	say := func() { fmt.Fprintf(p.out, "habar is ready: open %s in a browser. Ctrl-C ends it.\n", address) }
	select {
	case <-d.FirstRound():
		say()
		return
	case <-time.After(inviteAfter):
		say()
	case <-ctx.Done():
		return
	}
	select {
	case <-d.FirstRound():
		say()
	case <-ctx.Done():
	}
}

// token reads the token, from the file where one is named.
func (c *serveCmd) token() (string, error) {
	if c.Token != "" || c.TokenFile == "" {
		return strings.TrimSpace(c.Token), nil
	}
	const maxToken = 4096
	raw, err := os.ReadFile(c.TokenFile)
	switch {
	case err != nil:
		return "", fmt.Errorf("HABAR_TELEGRAM_TOKEN_FILE: %w", err)
	case len(raw) > maxToken || strings.TrimSpace(string(raw)) == "":
		return "", errors.New("HABAR_TELEGRAM_TOKEN_FILE: the file holds no token")
	}
	return strings.TrimSpace(string(raw)), nil
}

// hookPath is the path of the webhook's URL; checkWebhook has seen that it is one.
func (c *serveCmd) hookPath() string {
	u, err := url.Parse(c.Webhook)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}

// checkWebhook refuses what Telegram would: anything but https, except on this machine.
func (c *serveCmd) checkWebhook() error {
	if c.Webhook == "" {
		return nil
	}
	u, err := url.Parse(c.Webhook)
	if err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !fetch.IsLoopback(u.Hostname()))) {
		return errors.New("HABAR_WEBHOOK_URL is not a public https:// URL")
	}
	if !secretForm.MatchString(c.Secret) {
		return errors.New("HABAR_WEBHOOK_SECRET has 1 to 256 letters, digits, _ and -")
	}
	return nil
}

// secretForm is what Telegram takes for a secret. Source: https://core.telegram.org/bots/api#setwebhook
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{0,256}$`)

// secret returns the webhook's secret: the operator's, or one that is made once.
func (c *serveCmd) secret(ctx context.Context, db *store.DB) (string, error) {
	if c.Secret != "" {
		return c.Secret, nil
	}
	secret, err := db.GetOrSet(ctx, "webhook_secret", rand.Text())
	if err != nil {
		return "", fmt.Errorf("keep webhook secret: %w", err)
	}
	return secret, nil
}

// checkLimits refuses numbers that make no sense, by their variables' names.
func (c *serveCmd) checkLimits() error {
	switch {
	case c.SendRate <= 0 || c.SendRate > paidRate:
		return fmt.Errorf("HABAR_SEND_RATE: messages a second are a number from 0 to %d", paidRate)
	case c.SendRate > freeRate && !c.Paid:
		return fmt.Errorf("HABAR_SEND_RATE is %g, and Telegram takes %d messages a second from a bot that does not pay: lower it, or set HABAR_PAID_BROADCAST=true, which costs Stars for each message", c.SendRate, freeRate)
	}
	if c.AskBurst < 1 || c.AskBurst > askCeiling || c.AskRate <= 0 || c.AskRate > askCeiling || c.MaxWaiting < 1 || c.MaxWaiting > askCeiling {
		return fmt.Errorf("HABAR_ASK_BURST, HABAR_ASK_RATE and HABAR_MAX_WAITING are numbers above 0, up to %d", askCeiling)
	}
	if c.MaxAlerts < 1 || c.MaxAlerts > alertsCeiling {
		return fmt.Errorf("HABAR_MAX_ALERTS is a number from 1 to %d", alertsCeiling)
	}
	if c.Backfill < 0 || c.Backfill > maxDays {
		return fmt.Errorf("HABAR_BACKFILL is a number of days from 0 to %d", maxDays)
	}
	if c.MaxFeeds < 1 || c.MaxFeeds > feedsCeiling {
		return fmt.Errorf("HABAR_MAX_FEEDS is a number from 1 to %d", feedsCeiling)
	}
	return nil
}

// desk checks what the operator configured before anything is opened.
func (c *serveCmd) desk(p *program) (*desk.Desk, error) {
	if err := c.checkWebhook(); err != nil {
		return nil, err
	}
	sources, err := c.sources()
	if err != nil {
		return nil, err
	}
	feeds, err := news.ParseFeeds(c.Feeds)
	if err != nil {
		return nil, fmt.Errorf("HABAR_FEEDS: %w", err)
	}
	for name, spec := range map[string]string{"HABAR_RATES_EVERY": c.RatesEvery, "HABAR_NEWS_EVERY": c.NewsEvery} {
		if err := desk.CheckSpec(spec); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := c.checkLimits(); err != nil {
		return nil, err
	}
	var urls []string
	for _, f := range feeds {
		urls = append(urls, f.URL)
	}
	d := &desk.Desk{
		Sources: sources, Feeds: feeds, Log: p.log, Now: time.Now,
		// Each may reach the private addresses that were configured for it, and no others.
		Outlets: fetch.New(urls...), Pages: fetch.NewGuest(fetch.New(urls...)),
		Strangers: fetch.New(), StrangersPages: fetch.NewGuest(fetch.New()),
		RatesSpec: c.RatesEvery, NewsSpec: c.NewsEvery, Operators: c.Admins,
	}
	if d.OfficialURL = cmp.Or(c.WorldBank, trade.OfficialURL); c.WorldBank == "none" || c.Sources == "none" {
		d.OfficialURL = ""
	}
	d.Fetch = fetcher(sources, d.OfficialURL)
	if d.Offers, d.OfferClient, err = c.offers(); err != nil {
		return nil, err
	}
	if c.LLMURL == "" {
		return d, nil
	}
	if u, err := url.Parse(c.LLMURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errors.New("HABAR_LLM_URL is not a URL that begins with http:// or https://")
	}
	if c.LLMModel == "" {
		return nil, errors.New("HABAR_LLM_MODEL names the model that HABAR_LLM_URL is asked for: set it too")
	}
	d.Model = summary.NewModel(c.LLMURL, c.LLMModel, c.LLMKey, c.LLMDaily, time.Now)
	return d, nil
}

// offers are the publishers of what banks and offices pay, with their tokens.
func (c *serveCmd) offers() (all []desk.OfferSource, client *fetch.Client, err error) {
	wanted, err := offers.SelectPublishers(c.Offers)
	if err != nil {
		return nil, nil, fmt.Errorf("HABAR_OFFERS: %w", err)
	}
	if c.Sources == "none" && c.Offers == "" {
		wanted = nil // the built-in figures only
	}
	var urls []string
	for _, p := range wanted {
		source := desk.OfferSource{Publisher: p}
		if source.URL, err = addressOf(p.Env, p.URL); err != nil {
			return nil, nil, err
		}
		if p.TokenEnv != "" {
			if source.Token = c.FXKGToken; source.Token == "" {
				return nil, nil, fmt.Errorf("HABAR_OFFERS names %s, which wants a token: set %s", p.ID, p.TokenEnv)
			}
		}
		all, urls = append(all, source), append(urls, source.URL)
	}
	return all, fetch.New(urls...), nil
}

// Messages a second that Telegram takes from a bot, without and with allow_paid_broadcast.
// Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
const (
	freeRate = 30
	paidRate = 1000
)

// askCeiling keeps one person from taking all that a machine can answer.
const askCeiling = 1000

// alertsCeiling is more than a person keeps in mind, and few enough to be listed.
const alertsCeiling = 1000

// feedsCeiling is how many feeds one message lists.
const feedsCeiling = 40

// playground makes the local Telegram, on this machine only: whoever reaches the page
// may speak as anybody.
func (c *serveCmd) playground() (*playground.Server, error) {
	if host, _, err := net.SplitHostPort(c.Listen); err != nil || !fetch.IsLoopback(host) {
		return nil, fmt.Errorf("without a token habar is a playground, which is for this machine only: set HABAR_LISTEN to 127.0.0.1:8080 instead of %s, or set HABAR_TELEGRAM_TOKEN", c.Listen)
	}
	telegram := playground.New(time.Now)
	telegram.Pace = freeRate
	return telegram, nil
}

// Package bot is the conversation: it turns updates into requests, has them answered
// by one command each, and sends the answers. Only bot and the packages below it speak
// Telegram; what is said is message, what is owed is outbox.
package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	tg "github.com/go-telegram/bot"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"habar/bot/message"
	"habar/bot/outbox"
	"habar/bot/redact"
	"habar/bot/throttle"
	"habar/bot/updates"
	"habar/digest"
	"habar/digest/cache"
	"habar/digest/clock"
	"habar/digest/health"
	"habar/digest/metric"
	"habar/digest/news"
	"habar/digest/replica"
)

// A Store is all that the bot asks of what is kept; each command asks for its part.
type Store interface {
	digest.Store
	RateStore
	HistoryStore
	ReaderStore
	AlertStore
	SubscriptionStore
	StoryStore
	SourceStore
	FactStore
	WatchStore
	PrivacyStore
	OperatorStore
	OfferStore
	OfferDayStore
	NoteStore
	outbox.Queue
	updates.Inbox
}

// A NoteStore keeps what the program has to remember.
type NoteStore interface {
	// GetOrSet returns what is kept under a name, keeping first where there is nothing yet.
	GetOrSet(ctx context.Context, name, first string) (string, error)
	Set(ctx context.Context, name, value string) error
}

// A Config says whom the bot speaks for and with what.
type Config struct {
	Token    string // of the bot
	API      string // URL of the Bot API server
	Store    Store
	Log      *slog.Logger
	Metrics  metric.Observer  // optional
	Watchdog *health.Watchdog // of its loops; optional
	Now      func() time.Time
	SendRate float64 // deliveries a second

	PaidBroadcast bool // Telegram is paid to take deliveries beyond its usual pace

	Operators []int64                        // Telegram ids of who runs this habar
	History   func() message.HistoryProgress // how far the reading of earlier rates is; optional

	Feeds      news.Client      // of feeds that readers add; nil: they cannot
	CannotKeep func(error) bool // whether an error of the store means that nothing can be kept now; optional
	MaxFeeds   int              // that one chat may add; 0: DefaultMaxFeeds
	MaxAlerts  int              // alerts of one chat that are not done; 0: DefaultMaxAlerts

	AskBurst   int     // questions that one person may ask at once; 0: DefaultAskBurst
	AskRate    float64 // and a second, in the long run; 0: DefaultAskRate
	MaxWaiting int     // updates of one chat that wait; 0: updates.DefaultMaxWaiting

	// Replicas are the processes that share the store; nil where there can be no other.
	Replicas Replicas

	WebhookURL    string // where Telegram sends updates; "" polls for them
	WebhookSecret string // that Telegram repeats with each
	TakeOver      bool   // from another program that takes the bot's updates, or another bot that had the store
	Playground    bool   // the Bot API server is the local one
}

// Replicas are processes that share a store and answer for the same bot.
type Replicas interface {
	outbox.Replicas
	updates.Replicas
	// Lead runs do while this process holds a lease, and idle about once a second while another does.
	Lead(ctx context.Context, name string, do func(context.Context) error, idle func()) error
}

// A Bot answers readers and delivers what they are owed.
type Bot struct {
	Config
	client        *tg.Bot
	http          *http.Client // to the Bot API, for all that talk to it
	redact        redact.Redactor
	rendered      *renderCache
	limiter       *rateLimiter
	inlineLimiter *rateLimiter
	commands      []Command
	byName        map[string]Command
	dispatcher    *updates.Dispatcher
	throttle      *throttle.Throttle
	answered      *cache.LRU[question, answerGiven]
	noWhisper     *cache.LRU[int64, time.Time] // groups in which habar may not speak to one person alone, and until when that is believed
	asked         *openQuestions
	hook          *updates.Webhook // nil when polling
	reached       atomic.Int64     // Unix seconds when Telegram last answered; 0: never
	name          atomic.Value     // string: of the bot at Telegram, in lower case; known once connected
}

// What can be wrong with a token.
var (
	ErrTokenForm    = errors.New("the bot token has characters that no token has: copy it anew from @BotFather into HABAR_TELEGRAM_TOKEN")
	ErrTokenRefused = errors.New("Telegram refuses the bot token: get a valid one from @BotFather and set HABAR_TELEGRAM_TOKEN") //nolint:staticcheck // a name begins it
)

// tokenForm keeps a token from breaking out of a URL's path.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_:-]{1,200}$`)

// New returns a bot. It does not call Telegram yet.
func New(c Config) (*Bot, error) {
	c.Token = strings.TrimSpace(c.Token)
	if !tokenForm.MatchString(c.Token) {
		return nil, ErrTokenForm
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Metrics == nil {
		c.Metrics = metric.Discard
	}
	b := &Bot{
		Config: c, http: newHTTPClient(), redact: redact.New(c.Token), rendered: newRenderCache(), limiter: newRateLimiter(rate.Limit(cmp.Or(c.AskRate, DefaultAskRate)), cmp.Or(c.AskBurst, DefaultAskBurst)), inlineLimiter: newRateLimiter(inlineRate, inlineBurst),
		byName: map[string]Command{}, throttle: throttle.New(c.Now),
		answered: cache.New[question, answerGiven](maxAnswered), noWhisper: cache.New[int64, time.Time](maxAskers),
		asked: &openQuestions{cache.New[int64, openQuestion](maxAskers)},
	}
	b.dispatcher = &updates.Dispatcher{
		Handle: b.Handle, Allow: b.allow, Refuse: b.refuse, MaxWaiting: c.MaxWaiting, Inbox: c.Store, CannotKeep: c.CannotKeep, Log: c.Log, Metrics: c.Metrics, Now: c.Now,
	}
	if c.Replicas != nil {
		b.dispatcher.Replicas = c.Replicas
	}
	if c.WebhookURL != "" {
		b.hook = &updates.Webhook{Accept: b.dispatcher.Accept, Secret: c.WebhookSecret, Log: c.Log}
	}
	b.commands = b.list()
	for _, cmd := range b.commands {
		b.byName[cmd.Name] = cmd
	}
	b.http.Transport = reaching{b.http.Transport, &b.reached, c.Now}
	client, err := tg.New(c.Token,
		tg.WithServerURL(strings.TrimRight(c.API, "/")), tg.WithSkipGetMe(), tg.WithHTTPClient(requestTimeout, b.http),
		tg.WithErrorsHandler(func(err error) { c.Log.Warn("telegram client", "err", err) }))
	if err != nil {
		return nil, b.redact.Error(err)
	}
	b.client = client
	return b, nil
}

// requestTimeout bounds one request to the Bot API, a long poll included.
const requestTimeout = time.Minute

// newHTTPClient returns the client for the Bot API. The default one keeps two idle
// connections a host, which makes all senders but two connect anew.
func newHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.MaxIdleConnsPerHost = outbox.Senders
	return &http.Client{Transport: transport, Timeout: requestTimeout}
}

// reaching notes when Telegram last answered.
type reaching struct {
	http.RoundTripper
	at  *atomic.Int64
	now func() time.Time
}

func (r reaching) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.RoundTripper.RoundTrip(req)
	if err == nil && resp.StatusCode < http.StatusInternalServerError {
		r.at.Store(r.now().Unix())
	}
	return resp, err
}

// Reached returns when Telegram last answered; zero while it never did.
func (b *Bot) Reached() time.Time {
	if at := b.reached.Load(); at > 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// username returns the bot's name, "" while it is not known.
func (b *Bot) username() string {
	name, _ := b.name.Load().(string)
	return name
}

// Check asks Telegram who the bot is and returns its name. ErrTokenRefused says that
// the token is not one.
func (b *Bot) Check(ctx context.Context) (name string, err error) {
	me, err := b.client.GetMe(ctx)
	switch {
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return "", ErrTokenRefused
	case err != nil:
		return "", b.redact.Error(err)
	}
	return me.Username, nil
}

// Run connects to Telegram, then polls for updates and delivers the outbox until ctx is
// done. While Telegram is out of reach it keeps trying; a token that Telegram refuses
// ends it with ErrTokenRefused.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.connect(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	poller := &updates.Poller{
		URL: strings.TrimRight(b.API, "/") + "/bot" + b.Token, Client: b.http, Accept: b.dispatcher.Accept, Log: b.Log, Redact: b.redact,
	}
	var outboxBeat func()
	if b.Watchdog != nil {
		outboxBeat = b.Watchdog.Watch("outbox", loopLimit)
		if b.hook == nil {
			poller.Beat = b.Watchdog.Watch("poller", loopLimit)
		}
	}
	worker := &outbox.Worker{Queue: b.Store, Deliver: b.deliver, Reach: b.reach, Rate: b.SendRate, Throttle: b.throttle, Log: b.Log, Metrics: b.Metrics, Beat: outboxBeat, Now: b.Now}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return b.dispatcher.Run(ctx) })
	g.Go(func() error { return worker.Run(ctx) })
	if b.Replicas == nil {
		g.Go(func() error { return b.speakFor(ctx, poller) })
		return g.Wait()
	}
	worker.Replicas = b.Replicas
	poller.Ends, poller.Conflict = func() bool { return ctx.Err() != nil }, leaseConflict
	g.Go(func() error {
		return b.Replicas.Lead(ctx, replica.Poller, func(ctx context.Context) error { return b.speakFor(ctx, poller) }, poller.Beat)
	})
	return g.Wait()
}

// speakFor does what one process does for the bot at Telegram: it says how updates are delivered
// and who the bot is, and polls for updates where nobody sends them.
func (b *Bot) speakFor(ctx context.Context, poller *updates.Poller) error {
	if err := b.insist(ctx, b.setUpdateMode); err != nil || ctx.Err() != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return b.present(ctx) })
	if b.hook == nil {
		g.Go(func() error { return poller.Run(ctx) })
	} else {
		g.Go(func() error { <-ctx.Done(); return nil })
	}
	return g.Wait()
}

// leaseConflict is how long a replica waits that polls while the one before it does still.
const leaseConflict = 2 * time.Second

// loopLimit is how long the poller and the outbox may be silent: a poll is held for 40 s, and
// while Telegram is out of reach they wait up to a minute, or up to ten where it says so.
const loopLimit = 12 * time.Minute

// reach asks whether Telegram answers at all: that it refuses something is an answer.
func (b *Bot) reach(ctx context.Context) error {
	_, err := b.client.GetMe(ctx)
	if _, again := retryable(err); err == nil || !again {
		return nil
	}
	if _, slower := errors.AsType[*tg.TooManyRequestsError](err); slower {
		return nil
	}
	return b.redact.Error(err)
}

// Answers reports whether Telegram answers now.
func (b *Bot) Answers(ctx context.Context) bool { return b.reach(ctx) == nil }

// Webhook takes the updates that Telegram sends; nil when they are polled for.
func (b *Bot) Webhook() http.Handler {
	if b.hook == nil {
		return nil
	}
	return b.hook
}

const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// connect introduces the bot to Telegram, and tries again for as long as that is out of
// reach.
func (b *Bot) connect(ctx context.Context) error { return b.insist(ctx, b.register) }

// insist tries something again for as long as Telegram is out of reach.
func (b *Bot) insist(ctx context.Context, do func(context.Context) error) error {
	for wait := firstRetry; ctx.Err() == nil; wait = min(2*wait, lastRetry) {
		err := do(ctx)
		refused, is := errors.AsType[*RefusedError](err)
		switch {
		case err == nil:
			return nil
		case is:
			return refused
		case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound): // how Telegram answers a wrong and a malformed one
			return ErrTokenRefused
		case ctx.Err() != nil:
			return nil //nolint:nilerr // shutting down
		}
		b.Log.WarnContext(ctx, "Telegram is out of reach; trying again, nothing is lost", "api", b.API, "next_try", wait.String(), "err", b.redact.Error(err))
		_ = clock.Wait(ctx, wait) // the loop looks whether it is over
	}
	return nil
}

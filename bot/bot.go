// Package bot is the conversation: it turns updates into requests, has them answered
// by one command each, and sends the answers. Only bot and the packages below it speak
// Telegram; what is said is message, what is owed is outbox.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/sync/errgroup"

	"habar/bot/message"
	"habar/bot/outbox"
	"habar/bot/updates"
	"habar/digest"
)

// An Archive is all that the bot asks of what is kept; each command asks for its part.
type Archive interface {
	digest.Library
	DayBoards
	Readers
	AlertKeeper
	Subscriptions
	Newsstand
	SourceStates
	outbox.Queue
	updates.Memory
	Facts
}

// A Config says whom the bot speaks for and with what.
type Config struct {
	Token    string // of the bot
	API      string // URL of the Bot API server
	Archive  Archive
	Log      *slog.Logger
	Now      func() time.Time
	SendRate float64 // deliveries a second

	MaxAlerts int // alerts of one chat that are not done; 0: DefaultMaxAlerts

	WebhookURL    string // where Telegram sends updates; "" polls for them
	WebhookSecret string // that Telegram repeats with each
}

// A Bot answers readers and delivers what they are owed.
type Bot struct {
	Config
	client   *tg.Bot
	press    *press
	flood    *flood
	commands []Command
	byName   map[string]Command
	line     *updates.Line
	hook     *updates.Webhook // nil when polling
	name     string           // of the bot at Telegram, in lower case; known once it has been met
}

// What can be wrong with a token.
var (
	ErrTokenForm    = errors.New("the bot token has characters that no token has: copy it anew from @BotFather into HABAR_TELEGRAM_TOKEN")
	ErrTokenRefused = errors.New("Telegram refuses the bot token: get a valid one from @BotFather and set HABAR_TELEGRAM_TOKEN") //nolint:staticcheck // a name begins it
)

// tokenForm keeps a token from breaking out of a URL's path.
var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_:-]{1,200}$`)

// senders bounds how many requests run to the Bot API at once.
const senders = 32

// New returns a bot. It does not call Telegram yet.
func New(c Config) (*Bot, error) {
	c.Token = strings.TrimSpace(c.Token)
	if !tokenForm.MatchString(c.Token) {
		return nil, ErrTokenForm
	}
	b := &Bot{Config: c, press: newPress(), flood: newFlood(), byName: map[string]Command{}}
	b.line = &updates.Line{Handle: b.Handle, Memory: c.Archive, Log: c.Log, Now: c.Now}
	if c.WebhookURL != "" {
		b.hook = &updates.Webhook{Line: b.line, Secret: c.WebhookSecret}
	}
	b.commands = b.list()
	for _, cmd := range b.commands {
		b.byName[cmd.Name] = cmd
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.MaxIdleConnsPerHost = senders
	client, err := tg.New(c.Token,
		tg.WithServerURL(strings.TrimRight(c.API, "/")), tg.WithSkipGetMe(),
		tg.WithHTTPClient(time.Minute, &http.Client{Transport: transport, Timeout: time.Minute}),
		tg.WithErrorsHandler(func(err error) { c.Log.Warn("telegram client", "err", err) }))
	if err != nil {
		return nil, err
	}
	b.client = client
	return b, nil
}

// Check asks Telegram who the bot is and returns its name. ErrTokenRefused says that
// the token is not one.
func (b *Bot) Check(ctx context.Context) (name string, err error) {
	me, err := b.client.GetMe(ctx)
	switch {
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return "", ErrTokenRefused
	case err != nil:
		return "", b.redact(err)
	}
	return me.Username, nil
}

// Run meets Telegram, then polls for updates and delivers the outbox until ctx is
// done. While Telegram is out of reach it keeps trying; a token that Telegram refuses
// ends it with ErrTokenRefused.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.meet(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	poller := &updates.Poller{URL: strings.TrimRight(b.API, "/") + "/bot" + b.Token, Line: b.line, Log: b.Log}
	deliverer := &outbox.Deliverer{
		Queue: b.Archive, Render: b.render, Send: b.deliver, Rate: b.SendRate, Log: b.Log, Now: b.Now,
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if b.hook == nil {
			return poller.Run(ctx)
		}
		<-ctx.Done()
		b.hook.Close()
		return nil
	})
	g.Go(func() error { return deliverer.Run(ctx) })
	return g.Wait()
}

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

func (b *Bot) meet(ctx context.Context) error {
	for wait := firstRetry; ctx.Err() == nil; wait = min(2*wait, lastRetry) {
		err := b.introduce(ctx)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound): // how Telegram answers a wrong and a malformed one
			return ErrTokenRefused
		case ctx.Err() != nil:
			return nil //nolint:nilerr // told to stop while it asked
		}
		b.Log.WarnContext(ctx, "Telegram is out of reach; trying again, nothing is lost", "api", b.API, "next_try", wait.String(), "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

// introduce learns the bot's name and registers the menu in every language.
func (b *Bot) introduce(ctx context.Context) error {
	me, err := b.client.GetMe(ctx)
	if err != nil {
		return err
	}
	b.name = strings.ToLower(me.Username)
	if err := b.chooseWay(ctx); err != nil {
		return err
	}
	for i, tag := range message.Languages() {
		params := &tg.SetMyCommandsParams{LanguageCode: tag.String()}
		if i == 0 {
			params.LanguageCode = "" // the first serves whoever speaks none of the others
		}
		for _, c := range b.commands {
			params.Commands = append(params.Commands, models.BotCommand{Command: c.Name, Description: message.CommandHelp(c.Name, tag)})
		}
		if _, err := b.client.SetMyCommands(ctx, params); err != nil {
			return fmt.Errorf("register commands: %w", err)
		}
	}
	b.Log.InfoContext(ctx, "met Telegram", "bot", me.Username)
	return nil
}

// chooseWay tells Telegram how updates shall come. What waits there is kept either way.
func (b *Bot) chooseWay(ctx context.Context) error {
	if b.hook == nil {
		if _, err := b.client.DeleteWebhook(ctx, &tg.DeleteWebhookParams{}); err != nil {
			return fmt.Errorf("end webhook: %w", err)
		}
		return nil
	}
	_, err := b.client.SetWebhook(ctx, &tg.SetWebhookParams{URL: b.WebhookURL, SecretToken: b.WebhookSecret, AllowedUpdates: updates.AllowedUpdates()})
	if err != nil {
		return fmt.Errorf("register webhook: %w", err)
	}
	return nil
}

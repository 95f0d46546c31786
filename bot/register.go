package bot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/bot/updates"
	"habar/digest/clock"
)

// A RefusedError says why this process must not answer for the bot.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// register learns who the bot is, and makes sure that the store is that bot's.
func (b *Bot) register(ctx context.Context) error {
	me, err := b.client.GetMe(ctx)
	if err != nil {
		return err
	}
	b.name.Store(strings.ToLower(me.Username))
	if err := b.ownStore(ctx, me.ID); err != nil {
		return err
	}
	b.Log.InfoContext(ctx, "connected to Telegram", "bot", me.Username)
	return nil
}

// present tells Telegram what the bot answers and who it is, in every language. Nobody waits for
// it: Telegram limits how often a bot may describe itself, and who starts anew often is told to
// wait for hours.
func (b *Bot) present(ctx context.Context) error {
	wait := firstRetry
	for i, tag := range message.Languages() {
		code := tag.String()
		if i == 0 {
			code = "" // the first serves whoever speaks none of the others
		}
		for err := b.describe(ctx, tag, code); err != nil; err = b.describe(ctx, tag, code) {
			if _, again := retryable(err); !again {
				b.Log.WarnContext(ctx, "the menu is not registered", "language", tag.String(), "err", b.redact.Error(err))
				break
			}
			if slower, ok := errors.AsType[*tg.TooManyRequestsError](err); ok {
				wait = max(wait, time.Duration(slower.RetryAfter)*time.Second)
			}
			b.Log.WarnContext(ctx, "the menu is not registered; trying again, nothing else waits for it", "language", tag.String(), "next_try", wait.String(), "err", b.redact.Error(err))
			if err := clock.Wait(ctx, wait); err != nil {
				return nil //nolint:nilerr // shutting down
			}
			wait = min(2*wait, lastPresent)
		}
	}
	return nil
}

// lastPresent is the longest wait before the menu is registered again.
const lastPresent = time.Hour

// describe registers the menus of one language and what an empty chat and the profile say.
func (b *Bot) describe(ctx context.Context, tag language.Tag, code string) error {
	everyone, administrators := b.menu(tag, false, false), b.menu(tag, true, true)
	for _, menu := range []tg.SetMyCommandsParams{
		{Commands: b.menu(tag, true, false)}, // private chats, and channels
		{Commands: everyone, Scope: &models.BotCommandScopeAllGroupChats{}},
		{Commands: administrators, Scope: &models.BotCommandScopeAllChatAdministrators{}},
	} {
		menu.LanguageCode = code
		if _, err := b.client.SetMyCommands(ctx, &menu); err != nil {
			return fmt.Errorf("register commands: %w", err)
		}
	}
	short, long := message.About(tag)
	if _, err := b.client.SetMyShortDescription(ctx, &tg.SetMyShortDescriptionParams{ShortDescription: short, LanguageCode: code}); err != nil {
		return fmt.Errorf("register short description: %w", err)
	}
	if _, err := b.client.SetMyDescription(ctx, &tg.SetMyDescriptionParams{Description: long, LanguageCode: code}); err != nil {
		return fmt.Errorf("register description: %w", err)
	}
	return nil
}

// menu lists commands in one language; all of them, or those that anybody in a group may
// use.
func (b *Bot) menu(tag language.Tag, all, group bool) []models.BotCommand {
	var menu []models.BotCommand
	for _, c := range b.commands {
		if !c.Operators && (all || !c.Admins) {
			menu = append(menu, models.BotCommand{Command: c.Name, Description: message.CommandHelp(c.Name, tag), IsEphemeral: group && c.Whisper})
		}
	}
	return menu
}

// ownStore refuses a store in which another bot's chats are: they never spoke with this one.
func (b *Bot) ownStore(ctx context.Context, id int64) error {
	if b.Playground {
		return nil
	}
	mine := strconv.FormatInt(id, 10)
	owner, err := b.Store.GetOrSet(ctx, "bot", mine)
	if err != nil {
		return fmt.Errorf("whose store it is: %w", err)
	}
	if owner != mine && !b.TakeOver {
		return &RefusedError{fmt.Sprintf("this database belongs to the bot with the id %s, and the token is of %s: set HABAR_DB to another place, or HABAR_TAKE_OVER=true to give it to this bot", owner, mine)}
	}
	if owner != mine {
		return b.Store.Set(ctx, "bot", mine)
	}
	return nil
}

// ownWebhook refuses to take the updates away from another program: a webhook that this store does
// not know of is its.
func (b *Bot) ownWebhook(ctx context.Context) error {
	info, err := b.client.GetWebhookInfo(ctx)
	if _, away := errors.AsType[*url.Error](err); away {
		return fmt.Errorf("ask for the webhook: %w", err)
	}
	if err != nil { // a Bot API server that does not know of it
		b.Log.DebugContext(ctx, "which webhook is registered is not known", "err", b.redact.Error(err))
		return nil
	}
	known, err := b.Store.GetOrSet(ctx, "webhook", b.WebhookURL)
	if err != nil {
		return fmt.Errorf("which webhook is ours: %w", err)
	}
	if info.URL != "" && info.URL != known && info.URL != b.WebhookURL && !b.TakeOver {
		host := info.URL
		if u, err := url.Parse(info.URL); err == nil {
			host = u.Host // its path may be a secret
		}
		return &RefusedError{fmt.Sprintf("another program takes this bot's updates, by a webhook at %s: stop it and end its webhook, give habar a bot of its own, or set HABAR_TAKE_OVER=true", host)}
	}
	return b.Store.Set(ctx, "webhook", b.WebhookURL)
}

// setUpdateMode tells Telegram how updates are delivered. What waits there is kept either way.
func (b *Bot) setUpdateMode(ctx context.Context) error {
	if err := b.ownWebhook(ctx); err != nil {
		return err
	}
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

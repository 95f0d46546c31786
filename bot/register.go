package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/bot/updates"
	"habar/digest/clock"
)

// register learns the bot's name and tells Telegram how updates are delivered.
func (b *Bot) register(ctx context.Context) error {
	me, err := b.client.GetMe(ctx)
	if err != nil {
		return err
	}
	b.name.Store(strings.ToLower(me.Username))
	if err := b.setUpdateMode(ctx); err != nil {
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

// setUpdateMode tells Telegram how updates are delivered. What waits there is kept either way.
func (b *Bot) setUpdateMode(ctx context.Context) error {
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

package bot

import (
	"context"
	"fmt"
	"strings"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/bot/updates"
)

// register learns the bot's name and tells Telegram what it answers and who it is, in
// every language.
func (b *Bot) register(ctx context.Context) error {
	me, err := b.client.GetMe(ctx)
	if err != nil {
		return err
	}
	b.name.Store(strings.ToLower(me.Username))
	if err := b.setUpdateMode(ctx); err != nil {
		return err
	}
	for i, tag := range message.Languages() {
		code := tag.String()
		if i == 0 {
			code = "" // the first serves whoever speaks none of the others
		}
		if err := b.describe(ctx, tag, code); err != nil {
			return err
		}
	}
	b.Log.InfoContext(ctx, "connected to Telegram", "bot", me.Username)
	return nil
}

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

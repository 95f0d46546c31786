package bot

import (
	"context"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/bot/message"
	"habar/bot/updates"
	"habar/digest/reader"
)

// guest answers who names habar in a chat that it has not joined: once, with text alone,
// and nothing that is one person's or that changes anything. The chat is not kept.
// Source: https://core.telegram.org/bots/features#guest-bots
func (b *Bot) guest(ctx context.Context, in incoming) *updates.Later {
	m := b.guestAnswer(ctx, in)
	// Where Telegram wants patience there is no answer: the query is too old by then.
	_, err := b.call(ctx, in.chat.ID, func(ctx context.Context) error {
		_, err := b.client.AnswerGuestQuery(ctx, &tg.AnswerGuestQueryParams{GuestQueryID: in.guest, Result: article("0", "habar", "", m)})
		return err
	})
	if err != nil {
		b.Log.WarnContext(ctx, "answering a guest failed", "err", b.redact.Error(err))
	}
	return nil
}

func (b *Bot) guestAnswer(ctx context.Context, in incoming) message.Message {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	first := reader.New(in.person(), languageOf(in.from))
	r, known, err := b.Store.Reader(ctx, first.Chat) // a private chat has its person's id
	if err != nil || !known {
		r = first
	}
	words, _ := in.named(b.username())
	if cmd, _, ok := b.wordCommand(words); ok && cmd.Admins {
		return message.To(r, b.Now()).GuestPrivate(b.username())
	}
	in.text, in.entities = "@"+b.username()+" "+words, nil
	m, ok := b.answer(ctx, in, r)
	if !ok {
		m = message.To(r, b.Now()).Unknown()
	}
	return m
}

// article is a message as a result of an inline or guest query. Its buttons would be
// pressed in a chat that habar does not see, and a picture cannot be part of it.
func article(id, title, description string, m message.Message) *models.InlineQueryResultArticle {
	return &models.InlineQueryResultArticle{
		ID: id, Title: title, Description: description,
		InputMessageContent: &models.InputTextMessageContent{MessageText: m.HTML, ParseMode: models.ParseModeHTML, LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()}},
	}
}

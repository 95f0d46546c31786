package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/bot/message"
	"habar/digest/delivery"
)

// A keyboard is an inline keyboard as Telegram takes it. The library's own type adds
// an empty copy_text to every button.
type keyboard struct {
	Rows [][]key `json:"inline_keyboard"`
}

type key struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// markup returns an untyped nil for no keyboard: a typed one would be sent as null.
func markup(m message.Message) models.ReplyMarkup {
	var k keyboard
	for _, row := range m.Keyboard {
		var keys []key
		for _, b := range row {
			data := b.Data
			if b.Fresh {
				data = freshMark + data
			}
			keys = append(keys, key{b.Label, data, b.URL})
		}
		if len(keys) > 0 {
			k.Rows = append(k.Rows, keys)
		}
	}
	if k.Rows == nil {
		return nil
	}
	return k
}

// answerTries bounds how often an answer is sent again after a passing failure.
const answerTries = 3

// reply sends an answer, in place of the message under whose button it was asked
// where it can.
func (b *Bot) reply(ctx context.Context, in incoming, m message.Message, say bool) {
	fresh := in.pressed == nil || in.under == 0 || strings.HasPrefix(in.pressed.Data, freshMark)
	if in.pressed != nil {
		// First of all, so that the button stops spinning whatever comes of the rest.
		_, err := b.client.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: in.pressed.ID, Text: m.Toast})
		if err != nil {
			b.Log.WarnContext(ctx, "button not answered", "err", b.redact(err))
		}
	}
	if !say || (m.Passing && in.pressed != nil) {
		return
	}
	for try := 1; ; try++ {
		err := b.put(ctx, in, m, fresh)
		if err == nil {
			return
		}
		wait, passing := passes(err)
		if !passing || try == answerTries {
			b.Log.WarnContext(ctx, "answer not sent", "tries", try, "err", b.redact(err))
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (b *Bot) put(ctx context.Context, in incoming, m message.Message, fresh bool) error {
	if fresh || in.photo != (m.Photo != nil) { // text cannot become a photo, nor a photo text
		return b.send(ctx, in.chat.ID, m)
	}
	err := b.edit(ctx, in, m)
	if err != nil && strings.Contains(err.Error(), "message is not modified") {
		return nil // the same button twice
	}
	return err
}

func (b *Bot) edit(ctx context.Context, in incoming, m message.Message) error {
	if m.Photo != nil {
		_, err := b.client.EditMessageMedia(ctx, &tg.EditMessageMediaParams{
			ChatID: in.chat.ID, MessageID: in.under, ReplyMarkup: markup(m),
			Media: &models.InputMediaPhoto{Media: "attach://" + photoName, MediaAttachment: bytes.NewReader(m.Photo), Caption: m.HTML, ParseMode: models.ParseModeHTML},
		})
		return err
	}
	_, err := b.client.EditMessageText(ctx, &tg.EditMessageTextParams{
		ChatID: in.chat.ID, MessageID: in.under, Text: m.HTML, ParseMode: models.ParseModeHTML,
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()}, ReplyMarkup: markup(m),
	})
	return err
}

const photoName = "chart.png"

func (b *Bot) send(ctx context.Context, chat int64, m message.Message) error {
	if m.Photo != nil {
		_, err := b.client.SendPhoto(ctx, &tg.SendPhotoParams{
			ChatID: chat, Caption: m.HTML, ParseMode: models.ParseModeHTML, ReplyMarkup: markup(m),
			Photo: &models.InputFileUpload{Filename: photoName, Data: bytes.NewReader(m.Photo)},
		})
		return err
	}
	_, err := b.client.SendMessage(ctx, &tg.SendMessageParams{
		ChatID: chat, Text: m.HTML, ParseMode: models.ParseModeHTML,
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()}, ReplyMarkup: markup(m),
	})
	return err
}

// deliver sends what the outbox owes and says in its terms what went wrong.
func (b *Bot) deliver(ctx context.Context, chat int64, m message.Message) error {
	err := b.send(ctx, chat, m)
	if err == nil {
		return nil
	}
	safe := b.redact(err)
	_, passing := passes(err)
	tooMany, isTooMany := errors.AsType[*tg.TooManyRequestsError](err)
	moved, isMoved := errors.AsType[*tg.MigrateError](err)
	switch {
	case errors.Is(err, tg.ErrorForbidden), strings.Contains(err.Error(), "chat not found"):
		return &delivery.SendError{Gone: true, Err: safe}
	case isTooMany:
		return &delivery.SendError{TooMany: true, Wait: time.Duration(max(tooMany.RetryAfter, 1)) * time.Second, Err: safe}
	case isMoved:
		return &delivery.SendError{MovedTo: int64(moved.MigrateToChatID), Err: safe}
	case passing:
		return safe
	}
	return &delivery.SendError{Permanent: true, Err: safe}
}

// passes reports whether another attempt may mend a failure, and when to make it.
func passes(err error) (wait time.Duration, passing bool) {
	var (
		tooMany *tg.TooManyRequestsError
		migrate *tg.MigrateError
	)
	switch {
	case errors.As(err, &tooMany):
		return time.Duration(max(tooMany.RetryAfter, 1)) * time.Second, true
	case errors.As(err, &migrate), errors.Is(err, tg.ErrorBadRequest), errors.Is(err, tg.ErrorForbidden), errors.Is(err, tg.ErrorNotFound):
		return 0, false
	}
	return time.Second, true
}

// render makes the message that a delivery owes its reader, in the language that the
// reader has by now.
func (b *Bot) render(ctx context.Context, d delivery.Delivery) (message.Message, error) {
	switch d.Kind {
	case delivery.AlertFired, delivery.AlertUndone:
		var rang delivery.Rang
		if err := json.Unmarshal(d.Payload, &rang); err != nil {
			return message.Message{}, fmt.Errorf("read payload: %w", err)
		}
		if d.Kind == delivery.AlertUndone {
			return message.To(d.Reader, b.Now()).Undone(rang), nil
		}
		course, err := b.press.course(ctx, b.Archive, rang.Pair, b.Now())
		if err != nil {
			return message.Message{}, err
		}
		return message.To(d.Reader, b.Now()).Fired(rang, course), nil
	case delivery.DailyEdition:
		return b.edition(ctx, d.Reader, d.Due)
	}
	return message.Message{}, fmt.Errorf("kind %q is not known", d.Kind)
}

// redact takes the token out of an error, whatever put it there.
func (b *Bot) redact(err error) error {
	if err == nil || !strings.Contains(err.Error(), b.Token) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), b.Token, "<token>"))
}

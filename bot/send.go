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

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/clock"
	"habar/digest/delivery"
)

// markup returns an untyped nil for no keyboard: a typed one would be sent as null.
func markup(m message.Message) models.ReplyMarkup {
	var k models.InlineKeyboardMarkup
	for _, row := range m.Keyboard {
		var keys []models.InlineKeyboardButton
		for _, b := range row {
			data := b.Data
			if b.Fresh {
				data = button.Fresh(data)
			}
			keys = append(keys, models.InlineKeyboardButton{Text: b.Label, CallbackData: data, URL: b.URL})
		}
		if len(keys) > 0 {
			k.InlineKeyboard = append(k.InlineKeyboard, keys)
		}
	}
	if k.InlineKeyboard == nil {
		return nil
	}
	return k
}

// maxTries bounds how often an answer is sent after failures that may pass.
const maxTries = 3

// reply sends an answer, in place of the message under whose button it was asked
// where it can.
func (b *Bot) reply(ctx context.Context, in incoming, m message.Message, ok bool) {
	fresh := in.pressed == nil || in.messageID == 0
	if in.pressed != nil {
		_, _, marked := button.Split(in.pressed.Data)
		fresh = fresh || marked
		// First of all, so that the button stops spinning whatever comes of the rest.
		_, err := b.client.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: in.pressed.ID, Text: m.Toast})
		if err != nil {
			b.Log.WarnContext(ctx, "answering button failed", "err", b.redact.Error(err))
		}
	}
	if !ok || (m.Passing && in.pressed != nil) {
		return
	}
	for try := 1; ; try++ {
		err := b.replyOrEdit(ctx, in, m, fresh)
		if err == nil {
			return
		}
		wait, again := retryable(err)
		if !again || try == maxTries {
			b.Log.WarnContext(ctx, "answer failed", "tries", try, "err", b.redact.Error(err))
			return
		}
		if clock.Wait(ctx, wait) != nil {
			return
		}
	}
}

func (b *Bot) replyOrEdit(ctx context.Context, in incoming, m message.Message, fresh bool) error {
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
			ChatID: in.chat.ID, MessageID: in.messageID, ReplyMarkup: markup(m),
			Media: &models.InputMediaPhoto{Media: "attach://" + photoName, MediaAttachment: bytes.NewReader(m.Photo), Caption: m.HTML, ParseMode: models.ParseModeHTML},
		})
		return err
	}
	_, err := b.client.EditMessageText(ctx, &tg.EditMessageTextParams{
		ChatID: in.chat.ID, MessageID: in.messageID, Text: m.HTML, ParseMode: models.ParseModeHTML,
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

// deliver renders a delivery in the language that its reader has by now and sends it. It
// says in the outbox's terms what went wrong.
func (b *Bot) deliver(ctx context.Context, d delivery.Delivery) error {
	m, err := b.render(ctx, d)
	if err != nil {
		return err
	}
	if err = b.send(ctx, d.Reader.Chat, m); err == nil {
		return nil
	}
	safe := b.redact.Error(err)
	_, again := retryable(err)
	tooMany, isTooMany := errors.AsType[*tg.TooManyRequestsError](err)
	moved, isMoved := errors.AsType[*tg.MigrateError](err)
	switch {
	case errors.Is(err, tg.ErrorForbidden), strings.Contains(err.Error(), "chat not found"):
		return &delivery.SendError{Unreachable: true, Err: safe}
	case isTooMany:
		return &delivery.SendError{TooMany: true, Wait: time.Duration(max(tooMany.RetryAfter, 1)) * time.Second, Err: safe}
	case isMoved:
		return &delivery.SendError{MovedTo: int64(moved.MigrateToChatID), Err: safe}
	case again:
		return &delivery.SendError{Down: true, Err: safe}
	}
	return &delivery.SendError{Permanent: true, Err: safe}
}

// retryable reports whether another attempt may mend a failure, and when to make it.
func retryable(err error) (wait time.Duration, again bool) {
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
		var payload delivery.AlertPayload
		if err := json.Unmarshal(d.Payload, &payload); err != nil {
			return message.Message{}, fmt.Errorf("read payload: %w", err)
		}
		if d.Kind == delivery.AlertUndone {
			return message.To(d.Reader, b.Now()).Undone(payload), nil
		}
		course, err := b.rendered.course(ctx, b.Store, payload.Pair, b.Now())
		if err != nil {
			return message.Message{}, err
		}
		return message.To(d.Reader, b.Now()).Fired(payload, course, d.Due), nil
	case delivery.DailyDigest:
		return b.rendered.digest(ctx, b.Store, d.Reader, b.Now(), d.Due)
	}
	return message.Message{}, fmt.Errorf("kind %q is not known", d.Kind)
}

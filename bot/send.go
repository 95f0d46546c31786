package bot

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/bot/button"
	"habar/bot/message"
	"habar/bot/throttle"
	"habar/bot/updates"
)

// An envelope says where a message goes and how.
type envelope struct {
	chat    int64
	thread  int    // topic of a forum
	silent  bool   // nobody's phone rings
	paid    bool   // Telegram is paid to take more than its usual pace
	only    int64  // the one person that sees it, in a group; 0: all do
	query   string // of the button whose press it answers, with only
	whisper int    // ephemeral message that it answers, with only
}

func (e envelope) ephemeral() (*models.EphemeralMessageParameters, *models.ReplyParameters) {
	if e.only == 0 {
		return nil, nil
	}
	p := &models.EphemeralMessageParameters{ReceiverUserID: e.only, CallbackQueryID: e.query}
	if e.whisper == 0 || e.query != "" {
		return p, nil
	}
	return p, &models.ReplyParameters{EphemeralMessageID: e.whisper}
}

// markup returns an untyped nil for no keyboard: a typed one would be sent as null.
func markup(m message.Message) models.ReplyMarkup {
	if k := keyboard(m); k != nil {
		return k
	}
	return nil
}

func keyboard(m message.Message) *models.InlineKeyboardMarkup {
	var k models.InlineKeyboardMarkup
	for _, row := range m.Keyboard {
		var keys []models.InlineKeyboardButton
		for _, b := range row {
			key := models.InlineKeyboardButton{Text: b.Label, CallbackData: b.Data, URL: b.URL}
			if b.Fresh {
				key.CallbackData = button.Fresh(b.Data)
			}
			if b.Copy != "" {
				key.CopyText = &models.CopyTextButton{Text: b.Copy}
			}
			keys = append(keys, key)
		}
		if len(keys) > 0 {
			k.InlineKeyboard = append(k.InlineKeyboard, keys)
		}
	}
	if k.InlineKeyboard == nil {
		return nil
	}
	return &k
}

const (
	maxTries    = 5 // of an answer, after failures that may pass
	callTimeout = 30 * time.Second
)

// reply sends an answer, in place of the message under whose button it was asked where it
// can. While Telegram wants patience it says when to go on.
func (b *Bot) reply(ctx context.Context, in incoming, m message.Message, ok bool) *updates.Later {
	return b.replyAgain(ctx, in, m, ok, 1)
}

func (b *Bot) replyAgain(ctx context.Context, in incoming, m message.Message, ok bool, try int) *updates.Later {
	later := func(wait time.Duration, in incoming, try int) *updates.Later {
		return &updates.Later{Wait: wait, Do: func(ctx context.Context) *updates.Later { return b.replyAgain(ctx, in, m, ok, try) }}
	}
	if wait := b.throttle.Patience(in.chat.ID); wait > 0 && (ok || in.pressed != nil) {
		return later(wait, in, try)
	}
	if in.pressed != nil && try == 1 {
		// First of all, so that the button stops spinning whatever comes of the rest.
		b.answerPress(ctx, in, m)
	}
	if !ok || (m.Passing && in.pressed != nil) {
		return nil
	}
	for ; ; try++ {
		wait, err := b.call(ctx, in.chat.ID, func(ctx context.Context) error { return b.replyOrEdit(ctx, in, m) })
		switch {
		case wait > 0:
			return later(wait, in, max(try, 2))
		case err == nil:
			return nil
		}
		if moved, ok := errors.AsType[*tg.MigrateError](err); ok && try < maxTries {
			if in, ok = b.follow(ctx, in, int64(moved.MigrateToChatID)); ok {
				continue
			}
		}
		wait, again := retryable(err)
		if !again || try >= maxTries {
			b.Log.WarnContext(ctx, "answer failed", "tries", try, "err", b.redact.Error(err))
			return nil
		}
		if _, tooMany := errors.AsType[*tg.TooManyRequestsError](err); !tooMany {
			wait = spread(wait << (try - 1))
		}
		return later(wait, in, try+1)
	}
}

// spread lengthens a wait by up to a quarter, so that what failed together does not come again
// together.
func spread(wait time.Duration) time.Duration {
	return wait + time.Duration(rand.Int64N(int64(wait)/4+1)) //nolint:gosec // spreads retries, guards nothing
}

// call makes a call about a chat, unless Telegram wants patience: then it returns for how
// long. Whatever comes of the call, even a panic, is told to the throttle.
func (b *Bot) call(ctx context.Context, chat int64, do func(context.Context) error) (wait time.Duration, err error) {
	done, wait, err := b.throttle.Enter(ctx, chat)
	if err != nil || wait > 0 {
		return wait, err
	}
	result := throttle.Result{Unknown: true}
	defer func() { done(result) }()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = do(ctx)
	result = resultOf(err)
	return 0, err
}

func (b *Bot) answerPress(ctx context.Context, in incoming, m message.Message) {
	_, err := b.call(ctx, in.chat.ID, func(ctx context.Context) error {
		_, err := b.client.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: in.pressed.ID, Text: m.Toast})
		return err
	})
	if err != nil {
		b.Log.WarnContext(ctx, "answering button failed", "err", b.redact.Error(err))
	}
}

// fresh reports whether an answer is a message of its own.
func (in incoming) fresh() bool {
	if in.messageID == 0 && in.whisper == 0 {
		return true
	}
	if in.pressed == nil {
		return in.messageID == 0
	}
	_, _, marked := button.Split(in.pressed.Data)
	return marked
}

// replyOrEdit sends an answer or puts it in the place of an earlier one. What concerns one
// person in a group is shown to it alone, where Telegram lets habar.
func (b *Bot) replyOrEdit(ctx context.Context, in incoming, m message.Message) error {
	to := b.envelope(in, m)
	samePlace := to.only == 0 || in.whisper != 0
	fresh := in.fresh() || m.File.Data != nil
	if !fresh && samePlace && in.photo == (m.Photo != nil) { // text cannot become a photo, nor a photo text
		err := b.edit(ctx, in, m)
		switch {
		case err == nil, strings.Contains(err.Error(), "message is not modified"): // the same button twice
			return nil
		case !gone(err):
			return err
		}
	}
	id, err := b.send(ctx, to, m)
	if err != nil && to.only != 0 && refused(err) {
		b.noWhisper.Add(in.chat.ID, b.Now().Add(whisperAgain))
		to.only = 0
		if !fresh && in.whisper == 0 && in.photo == (m.Photo != nil) {
			return b.edit(ctx, in, m)
		}
		id, err = b.send(ctx, to, m)
	}
	if err == nil && in.said != 0 && to.only == 0 && m.File.Data == nil {
		b.answered.Add(question{in.chat.ID, in.said}, answerGiven{id, in.text, m.Photo != nil})
	}
	return err
}

// whisperAgain is after how long habar tries again to speak to one person alone in a group
// where it may not: only administrators may.
const whisperAgain = time.Hour

func (b *Bot) envelope(in incoming, m message.Message) envelope {
	to := envelope{chat: in.chat.ID, thread: in.thread}
	until, refused := b.noWhisper.Get(in.chat.ID)
	mayTry := !refused || !b.Now().Before(until)
	if in.from != nil && in.as == 0 && in.group() && (in.whisper != 0 || m.Personal && mayTry) {
		to.only, to.whisper = in.from.ID, in.whisper
		if in.pressed != nil {
			to.query = in.pressed.ID
		}
	}
	return to
}

// gone reports whether the message that was to be edited is no longer there.
func gone(err error) bool {
	return strings.Contains(err.Error(), "message to edit not found") || strings.Contains(err.Error(), "message can't be edited")
}

// refused reports whether Telegram takes exception to what it was asked.
func refused(err error) bool {
	return errors.Is(err, tg.ErrorBadRequest) || errors.Is(err, tg.ErrorForbidden)
}

func (b *Bot) edit(ctx context.Context, in incoming, m message.Message) error {
	preview := &models.LinkPreviewOptions{IsDisabled: tg.True()}
	media := func() *models.InputMediaPhoto {
		return &models.InputMediaPhoto{Media: "attach://" + photoName, MediaAttachment: bytes.NewReader(m.Photo), Caption: m.HTML, ParseMode: models.ParseModeHTML}
	}
	var err error
	switch {
	case in.whisper != 0 && m.Photo != nil:
		_, err = b.client.EditEphemeralMessageMedia(ctx, &tg.EditEphemeralMessageMediaParams{
			ChatID: in.chat.ID, ReceiverUserID: in.from.ID, EphemeralMessageID: in.whisper, Media: media(), ReplyMarkup: keyboard(m),
		})
	case in.whisper != 0:
		_, err = b.client.EditEphemeralMessageText(ctx, &tg.EditEphemeralMessageTextParams{
			ChatID: in.chat.ID, ReceiverUserID: in.from.ID, EphemeralMessageID: in.whisper, Text: m.HTML, ParseMode: models.ParseModeHTML,
			LinkPreviewOptions: preview, ReplyMarkup: keyboard(m),
		})
	case m.Photo != nil:
		_, err = b.client.EditMessageMedia(ctx, &tg.EditMessageMediaParams{ChatID: in.chat.ID, MessageID: in.messageID, ReplyMarkup: markup(m), Media: media()})
	default:
		_, err = b.client.EditMessageText(ctx, &tg.EditMessageTextParams{
			ChatID: in.chat.ID, MessageID: in.messageID, Text: m.HTML, ParseMode: models.ParseModeHTML, LinkPreviewOptions: preview, ReplyMarkup: markup(m),
		})
	}
	return err
}

const photoName = "chart.png"

// send sends a message. One for a topic that is closed or gone goes to the chat itself.
func (b *Bot) send(ctx context.Context, to envelope, m message.Message) (id int, err error) {
	id, err = b.sendOnce(ctx, to, m)
	if to.thread != 0 && err != nil && threadGone(err) {
		to.thread = 0
		return b.sendOnce(ctx, to, m)
	}
	return id, err
}

func threadGone(err error) bool {
	said := strings.ToLower(err.Error())
	return strings.Contains(said, "thread not found") || strings.Contains(said, "topic_closed") || strings.Contains(said, "topic_deleted")
}

func (b *Bot) sendOnce(ctx context.Context, to envelope, m message.Message) (id int, err error) {
	only, answers := to.ephemeral()
	var sent *models.Message
	switch {
	case m.File.Data != nil:
		sent, err = b.client.SendDocument(ctx, &tg.SendDocumentParams{
			ChatID: to.chat, MessageThreadID: to.thread, DisableNotification: to.silent, AllowPaidBroadcast: to.paid, EphemeralMessageParameters: only, ReplyParameters: answers,
			Caption: m.HTML, ParseMode: models.ParseModeHTML, ReplyMarkup: markup(m),
			Document: &models.InputFileUpload{Filename: m.File.Name, Data: bytes.NewReader(m.File.Data)},
		})
	case m.Photo != nil:
		sent, err = b.client.SendPhoto(ctx, &tg.SendPhotoParams{
			ChatID: to.chat, MessageThreadID: to.thread, DisableNotification: to.silent, AllowPaidBroadcast: to.paid, EphemeralMessageParameters: only, ReplyParameters: answers,
			Caption: m.HTML, ParseMode: models.ParseModeHTML, ReplyMarkup: markup(m),
			Photo: &models.InputFileUpload{Filename: photoName, Data: bytes.NewReader(m.Photo)},
		})
	default:
		sent, err = b.client.SendMessage(ctx, &tg.SendMessageParams{
			ChatID: to.chat, MessageThreadID: to.thread, DisableNotification: to.silent, AllowPaidBroadcast: to.paid, EphemeralMessageParameters: only, ReplyParameters: answers,
			Text: m.HTML, ParseMode: models.ParseModeHTML,
			LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()}, ReplyMarkup: markup(m),
		})
	}
	if err != nil {
		return 0, err
	}
	return sent.ID, nil
}

// retryable reports whether another attempt may mend a failure, and when to make it.
func retryable(err error) (wait time.Duration, again bool) {
	var (
		tooMany *tg.TooManyRequestsError
		migrate *tg.MigrateError
	)
	switch {
	case errors.As(err, &tooMany):
		return patience(tooMany), true
	case errors.As(err, &migrate), errors.Is(err, tg.ErrorBadRequest), errors.Is(err, tg.ErrorForbidden), errors.Is(err, tg.ErrorNotFound):
		return 0, false
	}
	return time.Second, true
}

func patience(tooMany *tg.TooManyRequestsError) time.Duration {
	return time.Duration(max(tooMany.RetryAfter, 1)) * time.Second
}

// A question is a message that was answered, and an answerGiven by what.
type (
	question struct {
		chat int64
		id   int
	}
	answerGiven struct {
		id    int
		text  string // of the question
		photo bool
	}
)

// maxAnswered is how many questions are remembered in case they are edited; the answer to
// one of before is a message of its own.
const maxAnswered = 10_000

// edited has a message that was edited answered in place of its earlier answer. It reports
// whether there is anything new to answer: Telegram also tells of edits that change no
// word.
func (b *Bot) edited(in *incoming) bool {
	before, known := b.answered.Get(question{in.chat.ID, in.said})
	if !known {
		return true
	}
	in.messageID, in.photo = before.id, before.photo
	return before.text != in.text
}

// resultOf returns what an error of a call tells of everybody's pace.
func resultOf(err error) throttle.Result {
	if tooMany, ok := errors.AsType[*tg.TooManyRequestsError](err); ok {
		return throttle.Result{RetryAfter: patience(tooMany)}
	}
	_, again := retryable(err)
	return throttle.Result{Unknown: err != nil && again}
}

package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tg "github.com/go-telegram/bot"

	"habar/bot/message"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/watch"
)

// deliver renders a delivery in the language that its reader has by now and sends it. It
// says in the outbox's terms what went wrong.
func (b *Bot) deliver(ctx context.Context, d delivery.Delivery) error {
	m, err := b.render(ctx, d)
	if err != nil {
		return err
	}
	to := envelope{chat: d.Reader.Chat, thread: d.Thread, paid: b.PaidBroadcast, silent: !d.Kind.Urgent() && d.Reader.Night(b.Now())}
	if _, err = b.send(ctx, to, m); err == nil {
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
		return &delivery.SendError{TooMany: true, Wait: patience(tooMany), Err: safe}
	case isMoved:
		return &delivery.SendError{MovedTo: int64(moved.MigrateToChatID), Err: safe}
	case again:
		return &delivery.SendError{Down: true, Err: safe}
	}
	return &delivery.SendError{Permanent: true, Err: safe}
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
		var course rates.Course
		if payload.Market.Official() {
			var err error
			if course, err = b.rendered.course(ctx, b.Store, payload.Pair, b.Now()); err != nil {
				return message.Message{}, err
			}
		}
		return message.To(d.Reader, b.Now()).Fired(payload, course, d.Due), nil
	case delivery.WatchHit:
		var hit watch.Hit
		if err := json.Unmarshal(d.Payload, &hit); err != nil {
			return message.Message{}, fmt.Errorf("read payload: %w", err)
		}
		return message.To(d.Reader, b.Now()).Watched(hit), nil
	case delivery.Broadcast:
		var payload delivery.BroadcastPayload
		if err := json.Unmarshal(d.Payload, &payload); err != nil {
			return message.Message{}, fmt.Errorf("read payload: %w", err)
		}
		return message.To(d.Reader, b.Now()).Broadcasted(payload), nil
	case delivery.Trouble:
		var payload delivery.TroublePayload
		if err := json.Unmarshal(d.Payload, &payload); err != nil {
			return message.Message{}, fmt.Errorf("read payload: %w", err)
		}
		return message.To(d.Reader, b.Now()).Trouble(payload), nil
	case delivery.DailyDigest:
		return b.rendered.digest(ctx, b.Store, d.Reader, b.Now(), d.Due)
	}
	return message.Message{}, fmt.Errorf("kind %q is not known", d.Kind)
}

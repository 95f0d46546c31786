package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"habar/digest/delivery"
)

// Claim marks up to n deliveries that are due at now as being sent and returns them
// with their readers, the most urgent first. What is claimed and never settled is due
// again after Recover, as one that may have arrived; one for which that is true already
// counts as being sent only after Begin.
func (db *DB) Claim(ctx context.Context, now time.Time, n int) ([]delivery.Delivery, error) {
	var claimed []delivery.Delivery
	err := db.atomically(ctx, func(tx transaction) (err error) {
		claimed, err = collect(ctx, tx, scanDelivery, claimSQL, now.Unix(), n)
		if err != nil || len(claimed) == 0 || db.shared != nil { // there one statement does both
			return err
		}
		ids := make([]int64, 0, len(claimed))
		for _, d := range claimed {
			ids = append(ids, d.ID)
		}
		_, err = tx.ExecContext(ctx, markSQL, array(ids))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}

const (
	claimSQL = `
		SELECT d.id, d.kind, d.key, d.thread, d.born, d.payload, d.attempts + 1, d.recovered,` + chatColumns + `
		FROM deliveries d JOIN chats c ON c.id = d.chat
		WHERE d.state IN ('queued', 'sending') AND d.state = 'queued' AND d.due <= $1 ORDER BY d.priority, d.due, d.id LIMIT $2` // by the index of what is open
	markSQL = `
		UPDATE deliveries SET state = 'sending', attempts = attempts + 1, begun = 1 - recovered WHERE id IN (SELECT value FROM json_each($1))`
	settleOtherSQL = `
			UPDATE deliveries SET state = $1, due = CASE WHEN CAST($2 AS BIGINT) > 0 THEN CAST($2 AS BIGINT) ELSE due END, reason = $3, settled = $4,
				attempts = CASE WHEN $5 THEN attempts - 1 ELSE attempts END, begun = 0
			WHERE id = $6 AND state = 'sending'`
	beginSQL       = `UPDATE deliveries SET begun = 1 WHERE id = $1`
	endDoubtfulSQL = `
		UPDATE deliveries SET state = 'sent', reason = 'begun twice before the program was killed', settled = $1
		WHERE state IN ('queued', 'sending') AND state = 'sending' AND begun = 1 AND recovered = 1 AND priority > $2`
	recoverSQL = `
		UPDATE deliveries AS d SET state = 'queued', attempts = attempts - 1, recovered = max(recovered, begun), begun = 0,
			due = iif(begun, max(due, coalesce((SELECT max(due) + 1 FROM deliveries q WHERE q.state IN ('queued', 'sending') AND q.state = 'queued' AND q.priority = d.priority AND q.due <= $1), 0)), due)
		WHERE state IN ('queued', 'sending') AND state = 'sending'`
	settleSentSQL = `
		UPDATE deliveries SET state = 'sent', reason = '', settled = $1
		WHERE state = 'sending' AND id IN (SELECT value FROM json_each($2))`
)

func scanDelivery(rows *sql.Rows) (d delivery.Delivery, err error) {
	var (
		due     int64
		payload string
		c       chatRow
	)
	err = rows.Scan(append([]any{&d.ID, &d.Kind, &d.Key, &d.Thread, &due, &payload, &d.Attempts, &d.Recovered}, c.fields()...)...)
	d.Due, d.Payload, d.Reader = timeOf(due), []byte(payload), c.reader()
	return d, err
}

// Settle keeps how deliveries went. A chat that is gone is switched off, and what is
// queued for it is dropped.
func (db *DB) Settle(ctx context.Context, now time.Time, outcomes ...delivery.Outcome) error {
	return db.atomically(ctx, func(tx transaction) error {
		var sent []int64 // nearly all: they need no more than one statement together
		for _, o := range outcomes {
			if o.State == delivery.Sent {
				sent = append(sent, o.ID)
				continue
			}
			_, err := tx.ExecContext(ctx, settleOtherSQL,
				o.State, roundUp(o.Due), o.Reason, now.Unix(), o.NotAttempted, o.ID)
			if err != nil {
				return fmt.Errorf("settle delivery %d: %w", o.ID, err)
			}
			if o.MovedTo != 0 {
				if err := moveChatOf(ctx, tx, o.ID, o.MovedTo); err != nil {
					return fmt.Errorf("move chat of delivery %d: %w", o.ID, err)
				}
			}
			if o.Unreachable {
				if err := switchOff(ctx, tx, o.ID, now); err != nil {
					return fmt.Errorf("switch off chat of delivery %d: %w", o.ID, err)
				}
			}
		}
		_, err := tx.ExecContext(ctx, settleSentSQL, now.Unix(), array(sent))
		return err
	})
}

// array writes ids as a JSON array, which one parameter of a statement can be.
func array(ids []int64) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}

// roundUp returns a moment as whole seconds, not before it; 0 for none.
func roundUp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Add(time.Second - time.Nanosecond).Unix()
}

func switchOff(ctx context.Context, tx transaction, deliveryID int64, now time.Time) error {
	chat, err := chatOf(ctx, tx, deliveryID)
	if err != nil || chat == 0 {
		return err
	}
	return deactivate(ctx, tx, chat, now)
}

// deactivate switches a chat off and drops what is queued for it. Its settings, alerts
// and subscriptions stay: it may come back.
func deactivate(ctx context.Context, tx transaction, chat int64, now time.Time) error {
	if err := tx.lock(ctx, chat); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE chats SET active = false, left_at = $1 WHERE id = $2`, now.Unix(), chat); err != nil {
		return err
	}
	if err := suspendAlerts(ctx, tx, chat); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = 'failed', reason = 'chat is gone', settled = $1 WHERE state = 'queued' AND chat = $2`, now.Unix(), chat)
	return err
}

func moveChatOf(ctx context.Context, tx transaction, deliveryID, to int64) error {
	from, err := chatOf(ctx, tx, deliveryID)
	if err != nil || from == 0 {
		return err
	}
	return moveChat(ctx, tx, from, to)
}

// chatOf returns the chat of a delivery, 0 for one that went with its chat while it was sent.
func chatOf(ctx context.Context, tx transaction, deliveryID int64) (chat int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT chat FROM deliveries WHERE id = $1`, deliveryID).Scan(&chat)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return chat, err
}

// MoveChat gives a chat its new id, with all that belongs to it: a group became a
// supergroup. The new one may have been met already. What was set for the old one stands,
// and what was subscribed to or watched in the new one meanwhile stays. A chat that
// was never met, or has moved, is no error.
func (db *DB) MoveChat(ctx context.Context, from, to int64) error {
	return db.atomically(ctx, func(tx transaction) error { return moveChat(ctx, tx, from, to) })
}

func moveChat(ctx context.Context, tx transaction, from, to int64) error {
	if err := errors.Join(tx.lock(ctx, min(from, to)), tx.lock(ctx, max(from, to))); err != nil {
		return err
	}
	known, err := chats(ctx, tx, from)
	if err != nil || len(known) == 0 || from == to {
		return err
	}
	met, err := chats(ctx, tx, to)
	if err != nil {
		return err
	}
	if len(met) > 0 {
		for _, q := range []string{
			`UPDATE alerts SET chat = $1 WHERE chat = $2`,
			`UPDATE subscriptions SET chat = $1 WHERE chat = $2 AND schedule NOT IN (SELECT schedule FROM subscriptions WHERE chat = $1)`,
			`UPDATE watches SET chat = $1 WHERE chat = $2 AND stems NOT IN (SELECT stems FROM watches WHERE chat = $1)`,
			`UPDATE deliveries SET chat = $1 WHERE chat = $2 AND key NOT IN (SELECT key FROM deliveries WHERE chat = $1)`,
		} {
			if _, err := tx.ExecContext(ctx, q, from, to); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM chats WHERE id = $1`, to); err != nil {
			return err
		}
	}
	active := known[0].active || len(met) > 0 && met[0].active
	if _, err := tx.ExecContext(ctx, `UPDATE chats SET id = $1, active = $2 WHERE id = $3`, to, active, from); err != nil { // the rest cascades
		return err
	}
	return resumeAlerts(ctx, tx, to)
}

// Begin keeps that a claimed delivery which may have arrived is about to be sent again.
func (db *DB) Begin(ctx context.Context, id int64) error {
	_, err := db.write.ExecContext(ctx, beginSQL, id)
	return err
}

// Recover queues again what was being sent when the last process ended, and returns how
// many. That it was begun then does not count as an attempt: a process that is killed again
// and again must not use attempts up. What was only claimed stands where it stood. What
// Begin was told of may have arrived: it goes behind what is due and was never begun, so
// that the same are not the first again. A digest of which that is true for the second time
// is not sent a third time; an alert is.
//
// Where replicas share the database, it is what others were sending and that are gone.
func (db *DB) Recover(ctx context.Context, now time.Time) (n int64, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		if _, err := tx.ExecContext(ctx, endDoubtfulSQL, now.Unix(), delivery.AlertFired.Priority()); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, recoverSQL, now.Unix())
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// queueSQL adds a delivery unless one of the same occasion is there.
const queueSQL = `INSERT INTO deliveries (chat, kind, priority, key, due, payload, born, thread) VALUES ($1, $2, $3, $4, $5, $6, $5, $7) ON CONFLICT DO NOTHING`

func deliveryRow(d delivery.Delivery) []any {
	return []any{d.Reader.Chat, d.Kind, d.Kind.Priority(), d.Key, d.Due.Unix(), string(d.Payload), d.Thread}
}

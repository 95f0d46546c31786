package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"habar/digest/delivery"
)

// Claim marks up to n deliveries that are due at now as being sent and returns them
// with their readers, the most urgent first. What is claimed and never settled is due
// again after Recover.
func (db *DB) Claim(ctx context.Context, now time.Time, n int) ([]delivery.Delivery, error) {
	var claimed []delivery.Delivery
	err := db.atomically(ctx, func(tx transaction) (err error) {
		claimed, err = collect(ctx, tx, scanDelivery, `
			SELECT d.id, d.kind, d.key, d.born, d.payload, d.attempts + 1,`+chatColumns+`
			FROM deliveries d JOIN chats c ON c.id = d.chat
			WHERE d.state = 'queued' AND d.due <= ? ORDER BY d.priority, d.due, d.id LIMIT ?`, now.Unix(), n)
		if err != nil || len(claimed) == 0 {
			return err
		}
		ids := make([]int64, 0, len(claimed))
		for _, d := range claimed {
			ids = append(ids, d.ID)
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'sending', attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(?))`, array(ids))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}

func scanDelivery(rows *sql.Rows) (d delivery.Delivery, err error) {
	var (
		due     int64
		payload string
		c       chatRow
	)
	err = rows.Scan(append([]any{&d.ID, &d.Kind, &d.Key, &due, &payload, &d.Attempts}, c.fields()...)...)
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
			_, err := tx.ExecContext(ctx, `
				UPDATE deliveries SET state = ?, due = iif(?2 > 0, ?2, due), reason = ?, settled = ?, attempts = attempts - ?
				WHERE id = ? AND state = 'sending'`,
				o.State, roundUp(o.Due), o.Reason, now.Unix(), o.NotAttempted, o.ID)
			if err != nil {
				return fmt.Errorf("settle delivery %d: %w", o.ID, err)
			}
			if o.MovedTo != 0 {
				if err := moveChat(ctx, tx, o.ID, o.MovedTo); err != nil {
					return fmt.Errorf("move chat of delivery %d: %w", o.ID, err)
				}
			}
			if o.Unreachable {
				if err := switchOff(ctx, tx, o.ID, now); err != nil {
					return fmt.Errorf("switch off chat of delivery %d: %w", o.ID, err)
				}
			}
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'sent', reason = '', settled = ?
			WHERE state = 'sending' AND id IN (SELECT value FROM json_each(?))`, now.Unix(), array(sent))
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
	var chat int64
	if err := tx.QueryRowContext(ctx, `SELECT chat FROM deliveries WHERE id = ?`, deliveryID).Scan(&chat); err != nil {
		return err
	}
	return deactivate(ctx, tx, chat, now)
}

// deactivate switches a chat off and drops what is queued for it. Its settings, alerts
// and subscriptions stay: it may come back.
func deactivate(ctx context.Context, tx transaction, chat int64, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE chats SET active = 0 WHERE id = ?`, chat); err != nil {
		return err
	}
	if err := suspendAlerts(ctx, tx, chat); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = 'failed', reason = 'chat is gone', settled = ? WHERE state = 'queued' AND chat = ?`, now.Unix(), chat)
	return err
}

// moveChat gives the chat of a delivery its new id, with all that belongs to it. Where
// the new one was met already, what it has of its own stays.
func moveChat(ctx context.Context, tx transaction, deliveryID, to int64) error {
	var from int64
	if err := tx.QueryRowContext(ctx, `SELECT chat FROM deliveries WHERE id = ?`, deliveryID).Scan(&from); err != nil {
		return err
	}
	if from == to {
		return nil
	}
	var met bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM chats WHERE id = ?)`, to).Scan(&met); err != nil {
		return err
	}
	if !met {
		_, err := tx.ExecContext(ctx, `UPDATE chats SET id = ? WHERE id = ?`, to, from) // the rest cascades
		return err
	}
	for _, table := range []string{"subscriptions", "alerts", "deliveries"} {
		if _, err := tx.ExecContext(ctx, `UPDATE OR IGNORE `+table+` SET chat = ? WHERE chat = ?`, to, from); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM chats WHERE id = ?`, from)
	return err
}

// Recover queues again what was being sent when the last process ended, and returns
// how many. That it was begun then does not count as an attempt: most of it was only
// claimed, and a process that is killed again and again must not use attempts up. It goes
// behind what is due and was never begun, so that those who may have theirs already are
// not the first again.
func (db *DB) Recover(ctx context.Context, now time.Time) (int64, error) {
	res, err := db.write.ExecContext(ctx, `
		UPDATE deliveries AS d SET state = 'queued', attempts = attempts - 1,
			due = max(due, coalesce((SELECT max(due) + 1 FROM deliveries q WHERE q.state = 'queued' AND q.priority = d.priority AND q.due <= ?), 0))
		WHERE state = 'sending'`, now.Unix())
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// queueSQL adds a delivery unless one of the same occasion is there.
const queueSQL = `INSERT INTO deliveries (chat, kind, priority, key, due, payload, born) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5) ON CONFLICT DO NOTHING`

func deliveryRow(d delivery.Delivery) []any {
	return []any{d.Reader.Chat, d.Kind, d.Kind.Priority(), d.Key, d.Due.Unix(), string(d.Payload)}
}

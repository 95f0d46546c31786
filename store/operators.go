package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"habar/digest/delivery"
)

// Stats counts chats and what is owed to them.
func (db *DB) Stats(ctx context.Context, now time.Time) (s delivery.Stats, err error) {
	s.Languages = map[string]int{}
	_, err = collect(ctx, db.read, func(rows *sql.Rows) (_ struct{}, err error) {
		var (
			language   string
			active     bool
			chats, all int
		)
		if err = rows.Scan(&language, &active, &chats); err != nil {
			return struct{}{}, err
		}
		all = chats
		s.Chats += all
		if active {
			s.Active += all
			primary, _, _ := strings.Cut(language, "-")
			s.Languages[primary] += all
		}
		return struct{}{}, nil
	}, `SELECT language, active, count(*) FROM chats GROUP BY language, active`)
	if err != nil {
		return s, err
	}
	var oldest int64
	err = db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM alerts a JOIN chats c ON c.id = a.chat WHERE c.active AND a.state <> 'done'),
		(SELECT count(*) FROM subscriptions b JOIN chats c ON c.id = b.chat WHERE c.active),
		(SELECT count(*) FROM watches w JOIN chats c ON c.id = w.chat WHERE c.active),
		(SELECT count(*) FROM deliveries WHERE state IN ('queued', 'sending') AND due <= $1),
		(SELECT coalesce(min(born), 0) FROM deliveries WHERE state IN ('queued', 'sending') AND due <= $1 AND priority < 2),
		(SELECT count(*) FROM deliveries WHERE state = 'sent' AND settled >= $2),
		(SELECT count(*) FROM deliveries WHERE state = 'failed' AND settled >= $2)`, now.Unix(), now.AddDate(0, 0, -1).Unix()).
		Scan(&s.Alerts, &s.Digests, &s.Watches, &s.Queued, &oldest, &s.SentToday, &s.FailedToday)
	s.Oldest = timeOf(oldest)
	return s, err
}

// Draft keeps the text of a broadcast that is not confirmed yet, and returns its number.
func (db *DB) Draft(ctx context.Context, text string, now time.Time) (id int64, err error) {
	err = db.write.QueryRowContext(ctx, `INSERT INTO broadcasts (text, born, state) VALUES ($1, $2, 'draft') RETURNING id`, text, now.Unix()).Scan(&id)
	return id, err
}

// broadcastAtOnce is how many chats a broadcast is queued for in one transaction, so that no
// other writer waits.
const broadcastAtOnce = 2000

// QueueBroadcast queues a broadcast for the next portion of active chats and reports whether
// that was the last. One that is cancelled is queued no further; one that is not there is done.
func (db *DB) QueueBroadcast(ctx context.Context, id int64, now time.Time) (done bool, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		var text, state string
		var upto int64
		if err := tx.lock(ctx, broadcastLock); err != nil {
			return err
		}
		switch err := tx.QueryRowContext(ctx, `SELECT text, state, upto FROM broadcasts WHERE id = $1`, id).Scan(&text, &state, &upto); {
		case errors.Is(err, sql.ErrNoRows), state == "cancelled", state == "sent":
			done = true
			return nil
		case err != nil:
			return err
		case state == "draft":
			upto = -1 << 62
		}
		payload, err := json.Marshal(delivery.BroadcastPayload{Text: text})
		if err != nil {
			return err
		}
		chats, err := collect(ctx, tx, func(rows *sql.Rows) (chat int64, err error) {
			err = rows.Scan(&chat)
			return chat, err
		}, `SELECT id FROM chats WHERE active AND id > $1 ORDER BY id LIMIT $2`, upto, broadcastAtOnce)
		if err != nil {
			return err
		}
		for _, chat := range chats {
			d := delivery.Delivery{Kind: delivery.Broadcast, Key: broadcastKey(id), Due: now, Payload: payload}
			d.Reader.Chat = chat
			if _, err := tx.ExecContext(ctx, queueSQL, deliveryRow(d)...); err != nil {
				return err
			}
			upto = chat
		}
		done, state = len(chats) < broadcastAtOnce, "sending"
		if done {
			state, upto = "sent", 0 // no chat is to be remembered
		}
		_, err = tx.ExecContext(ctx, `UPDATE broadcasts SET state = $1, upto = $2 WHERE id = $3`, state, upto, id)
		return err
	})
	return done, err
}

// OpenBroadcasts lists those that are confirmed and not queued for all chats yet.
func (db *DB) OpenBroadcasts(ctx context.Context) ([]int64, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `SELECT id FROM broadcasts WHERE state = 'sending' ORDER BY id`)
}

// CancelBroadcast ends a broadcast: it is queued no further, and what waits is not sent.
func (db *DB) CancelBroadcast(ctx context.Context, id int64, now time.Time) error {
	return db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, broadcastLock); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE broadcasts SET state = 'cancelled' WHERE id = $1`, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = 'failed', reason = 'cancelled', settled = $1 WHERE state = 'queued' AND kind = $2 AND key = $3`,
			now.Unix(), delivery.Broadcast, broadcastKey(id))
		return err
	})
}

// Broadcast returns how far a broadcast has come, and false where there is none.
func (db *DB) Broadcast(ctx context.Context, id int64) (b delivery.BroadcastState, ok bool, err error) {
	var state string
	var born, upto int64
	err = db.read.QueryRowContext(ctx, `SELECT id, text, born, state, upto FROM broadcasts WHERE id = $1`, id).Scan(&b.ID, &b.Text, &born, &state, &upto)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return b, false, nil
	case err != nil:
		return b, false, err
	}
	b.Born, b.Cancelled = timeOf(born), state == "cancelled"
	err = db.read.QueryRowContext(ctx, `SELECT
		count(*) FILTER (WHERE state IN ('queued', 'sending')), count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'failed')
		FROM deliveries WHERE kind = $1 AND key = $2`, delivery.Broadcast, broadcastKey(id)).Scan(&b.Queued, &b.Sent, &b.Failed)
	if err == nil && (state == "draft" || state == "sending") {
		if state == "draft" {
			upto = -1 << 62
		}
		err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM chats WHERE active AND id > $1`, upto).Scan(&b.Waiting)
	}
	return b, true, err
}

func broadcastKey(id int64) string { return fmt.Sprintf("broadcast:%d", id) }

// TellOperators queues what is wrong, or over, for operators that habar has met.
func (db *DB) TellOperators(ctx context.Context, operators []int64, t delivery.TroublePayload, now time.Time) error {
	payload, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return db.atomically(ctx, func(tx transaction) error {
		for _, chat := range operators {
			d := delivery.Delivery{Kind: delivery.Trouble, Key: fmt.Sprintf("trouble:%s:%s:%t:%d", t.Kind, t.Detail, t.Over, now.Unix()), Due: now, Payload: payload}
			d.Reader.Chat = chat
			if _, err := tx.ExecContext(ctx, `INSERT INTO deliveries (chat, kind, priority, key, due, payload, born, thread) SELECT $1, $2, $3, $4, $5, $6, $5, $7
				WHERE EXISTS (SELECT 1 FROM chats WHERE id = $1 AND active) ON CONFLICT DO NOTHING`, deliveryRow(d)...); err != nil {
				return err
			}
		}
		return nil
	})
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"habar/digest/delivery"
	"habar/digest/reader"
)

// Subscribe adds daily digests for a chat, all or none; one that it has comes to the
// schedule's topic from now on. It is reader.ErrTooMany where the chat would have more than
// reader.MaxSchedules.
func (db *DB) Subscribe(ctx context.Context, chat int64, now time.Time, all ...reader.Schedule) error {
	return db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, chat); err != nil {
			return err
		}
		for _, s := range all {
			if err := subscribe(ctx, tx, chat, s, now); err != nil {
				return err
			}
		}
		var have int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM subscriptions WHERE chat = $1`, chat).Scan(&have); err != nil {
			return err
		}
		if have > reader.MaxSchedules {
			return reader.ErrTooMany
		}
		return nil
	})
}

func subscribe(ctx context.Context, tx transaction, chat int64, s reader.Schedule, now time.Time) error {
	var id int64
	err := tx.QueryRowContext(ctx, `
		INSERT INTO schedules (zone, minute, weekdays, next) VALUES ($1, $2, $3, $4)
		ON CONFLICT (zone, minute, weekdays) DO UPDATE SET next = schedules.next RETURNING id`,
		s.Zone.String(), s.Minute, s.Days, s.Next(now).Unix()).Scan(&id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO subscriptions (schedule, chat, thread) VALUES ($1, $2, $3)
		ON CONFLICT (schedule, chat) DO UPDATE SET thread = excluded.thread`, id, chat, s.Thread)
	return err
}

// Unsubscribe ends every digest of a chat and returns how many there were.
func (db *DB) Unsubscribe(ctx context.Context, chat int64) (int64, error) {
	res, err := db.write.ExecContext(ctx, `DELETE FROM subscriptions WHERE chat = $1`, chat)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Schedules returns when a chat gets its digests, by time of day.
func (db *DB) Schedules(ctx context.Context, chat int64) ([]reader.Schedule, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (reader.Schedule, error) {
		_, s, err := scanSchedule(rows)
		return s, err
	}, `SELECT s.id, s.zone, s.minute, s.weekdays, u.thread FROM schedules s JOIN subscriptions u ON u.schedule = s.id
		WHERE u.chat = $1 ORDER BY s.minute, s.weekdays`, chat)
}

// scanSchedule also returns an error for a zone that this program no longer knows.
func scanSchedule(rows *sql.Rows, more ...any) (id int64, s reader.Schedule, err error) {
	var zone string
	if err = rows.Scan(append([]any{&id, &zone, &s.Minute, &s.Days, &s.Thread}, more...)...); err != nil {
		return 0, s, err
	}
	s.Zone, err = reader.Zone(zone)
	return id, s, err
}

func moveSubscriptions(ctx context.Context, tx transaction, r reader.Reader, now time.Time) error {
	old, err := collect(ctx, tx, func(rows *sql.Rows) (reader.Schedule, error) {
		_, s, err := scanSchedule(rows)
		return s, err
	}, `SELECT s.id, s.zone, s.minute, s.weekdays, u.thread FROM schedules s JOIN subscriptions u ON u.schedule = s.id WHERE u.chat = $1`, r.Chat)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM subscriptions WHERE chat = $1`, r.Chat); err != nil {
		return err
	}
	for _, s := range old {
		s.Zone = r.Zone
		if err := subscribe(ctx, tx, r.Chat, s, now); err != nil {
			return err
		}
	}
	return nil
}

// digestsAtOnce is how many digests are queued in one transaction, so that no other writer waits
// long.
const digestsAtOnce = 50_000

// A dueSchedule is one whose hour has come.
type dueSchedule struct {
	id   int64
	s    reader.Schedule
	next int64
}

// QueueDigests queues the digest of every active reader whose hour has come and sets the
// next hour, a portion at a time: broken off, it goes on where it stood. It returns how many digests
// were queued and how many times were skipped, as Schedule.LastDue decides.
func (db *DB) QueueDigests(ctx context.Context, now time.Time) (queued int64, skipped int, err error) {
	dues, err := collect(ctx, db.read, func(rows *sql.Rows) (d dueSchedule, err error) {
		d.id, d.s, err = scanSchedule(rows, &d.next)
		return d, err
	}, `SELECT id, zone, minute, weekdays, 0, next FROM schedules WHERE next <= $1`, now.Unix())
	if err != nil {
		return 0, 0, fmt.Errorf("queue digests: %w", err)
	}
	for _, d := range dues {
		n, missed, err := db.queueSchedule(ctx, d, now)
		if err != nil {
			return queued, skipped, fmt.Errorf("queue digests: %w", err)
		}
		queued += n
		skipped += missed
	}
	return queued, skipped, nil
}

// queueSchedule queues the digests of one schedule. Its next hour is set with the last portion: one
// that breaks off before is due still, and what is queued is not queued again.
func (db *DB) queueSchedule(ctx context.Context, d dueSchedule, now time.Time) (queued int64, missed int, err error) {
	at, missed, send := d.s.LastDue(timeOf(d.next), now)
	after := int64(math.MinInt64)
	for done := false; !done; {
		var n int64
		var last sql.NullInt64 // the last chat of the portion
		err := db.atomically(ctx, func(tx transaction) error {
			n, last = 0, sql.NullInt64{}
			if err := db.stillLeads(ctx, tx); err != nil {
				return err
			}
			if send {
				var err error
				if last, err = endOfPortion(ctx, tx, d.id, after); err != nil {
					return err
				}
				if n, err = queuePortion(ctx, tx, d, at, after, last); err != nil {
					return err
				}
			}
			if last.Valid {
				return nil // there are more
			}
			_, err := tx.ExecContext(ctx, `UPDATE schedules SET next = $1 WHERE id = $2`, d.s.Next(now).Unix(), d.id)
			return err
		})
		if err != nil {
			return queued, 0, err
		}
		queued += n
		done, after = !last.Valid, last.Int64
	}
	return queued, missed, nil
}

// endOfPortion returns the last chat of a full portion of a schedule's subscribers; none where no
// more than a portion is left.
func endOfPortion(ctx context.Context, tx transaction, schedule, after int64) (last sql.NullInt64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT chat FROM subscriptions WHERE schedule = $1 AND chat > $2 ORDER BY chat LIMIT 1 OFFSET $3`, schedule, after, digestsAtOnce-1).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return sql.NullInt64{}, nil
	}
	return last, err
}

// queuePortion owes subscribers of a schedule their digest: those after a chat, up to a last one where
// there is one. The delivery says all: its payload is empty.
func queuePortion(ctx context.Context, tx transaction, d dueSchedule, at time.Time, after int64, last sql.NullInt64) (int64, error) {
	upto := int64(math.MaxInt64)
	if last.Valid {
		upto = last.Int64
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO deliveries (chat, thread, kind, priority, key, due, born, payload)
		SELECT u.chat, u.thread, $1, $2, $3, $4, $4, '{}' FROM subscriptions u JOIN chats c ON c.id = u.chat
		WHERE u.schedule = $5 AND u.chat > $6 AND u.chat <= $7 AND c.active ON CONFLICT DO NOTHING`,
		delivery.DailyDigest, delivery.DailyDigest.Priority(), "digest:"+at.In(d.s.Zone).Format(time.DateOnly)+":"+d.s.Clock(), at.Unix(), d.id, after, upto)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

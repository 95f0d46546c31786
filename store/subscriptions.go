package store

import (
	"context"
	"database/sql"
	"fmt"
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

// QueueDigests queues the digest of every active reader whose hour has come and sets the
// next hour, all of it or nothing. It returns how many digests were queued and how many
// times were skipped, as Schedule.LastDue decides.
func (db *DB) QueueDigests(ctx context.Context, now time.Time) (queued int64, skipped int, err error) {
	type due struct {
		id   int64
		s    reader.Schedule
		next int64
	}
	err = db.atomically(ctx, func(tx transaction) error {
		dues, err := collect(ctx, tx, func(rows *sql.Rows) (d due, err error) {
			d.id, d.s, err = scanSchedule(rows, &d.next)
			return d, err
		}, `SELECT id, zone, minute, weekdays, 0, next FROM schedules WHERE next <= $1`, now.Unix())
		if err != nil {
			return err
		}
		for _, d := range dues {
			at, missed, send := d.s.LastDue(timeOf(d.next), now)
			skipped += missed
			if send {
				n, err := queueDigest(ctx, tx, d.id, d.s, at)
				if err != nil {
					return err
				}
				queued += n
			}
			if _, err := tx.ExecContext(ctx, `UPDATE schedules SET next = $1 WHERE id = $2`, d.s.Next(now).Unix(), d.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("queue digests: %w", err)
	}
	return queued, skipped, nil
}

// queueDigest owes every subscriber of a schedule its digest. The delivery says all: its
// payload is empty.
func queueDigest(ctx context.Context, tx transaction, schedule int64, s reader.Schedule, at time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO deliveries (chat, thread, kind, priority, key, due, born, payload)
		SELECT u.chat, u.thread, $1, $2, $3, $4, $4, '{}' FROM subscriptions u JOIN chats c ON c.id = u.chat
		WHERE u.schedule = $5 AND c.active ON CONFLICT DO NOTHING`,
		delivery.DailyDigest, delivery.DailyDigest.Priority(), "digest:"+at.In(s.Zone).Format(time.DateOnly)+":"+s.Clock(), at.Unix(), schedule)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

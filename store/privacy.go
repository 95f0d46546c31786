package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"habar/digest/reader"
	"habar/digest/trade"
)

// A kept is a table that holds what belongs to chats: its name in an export, and how one
// chat's rows are read.
var keptOfChats = []struct{ name, rows string }{
	{"chat", `SELECT * FROM chats WHERE id = $1`},
	{"digests", `SELECT s.zone, s.minute, s.weekdays, b.thread FROM subscriptions b JOIN schedules s ON s.id = b.schedule WHERE b.chat = $1`},
	{"alerts", `SELECT * FROM alerts WHERE chat = $1`},
	{"firings", `SELECT f.* FROM firings f JOIN alerts a ON a.id = f.alert WHERE a.chat = $1`},
	{"watches", `SELECT * FROM watches WHERE chat = $1`},
	{"deliveries", `SELECT id, kind, key, due, payload, state, attempts, settled, born, thread FROM deliveries WHERE chat = $1`},
	{"updates", `SELECT id, body, at FROM inbox WHERE lane = $1`}, // until they are handled
}

// Export returns all that is kept of a chat: its rows by what they are, each by column.
func (db *DB) Export(ctx context.Context, chat int64) (map[string][]map[string]any, error) {
	all := map[string][]map[string]any{}
	for _, kept := range keptOfChats {
		rows, err := collect(ctx, db.read, scanAny, kept.rows, chat)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", kept.name, err)
		}
		if len(rows) > 0 {
			all[kept.name] = rows
		}
	}
	return all, nil
}

// scanAny reads a row by its columns.
func scanAny(rows *sql.Rows) (map[string]any, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	row := map[string]any{}
	for i, name := range columns {
		row[name] = values[i]
		if text, ok := values[i].([]byte); ok {
			row[name] = string(text)
		}
	}
	return row, nil
}

// Forget deletes everything that belongs to a chat, and what was read of feeds that only it
// had added; what is deleted is overwritten (secure_delete). It returns how much there was.
func (db *DB) Forget(ctx context.Context, chat int64) (gone reader.Forgotten, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, chat); err != nil {
			return err
		}
		known, err := chats(ctx, tx, chat)
		if err != nil {
			return err
		}
		counts := []struct {
			into *int
			sql  string
		}{
			{&gone.Alerts, `SELECT count(*) FROM alerts WHERE chat = $1`},
			{&gone.Digests, `SELECT count(*) FROM subscriptions WHERE chat = $1`},
			{&gone.Watches, `SELECT count(*) FROM watches WHERE chat = $1`},
			{&gone.Messages, `SELECT count(*) FROM deliveries WHERE chat = $1`},
		}
		for _, c := range counts {
			if err := tx.QueryRowContext(ctx, c.sql, chat).Scan(c.into); err != nil {
				return err
			}
		}
		for _, q := range []string{forgetInbox, `DELETE FROM chats WHERE id = $1`} { // the rest cascades
			if _, err := tx.ExecContext(ctx, q, chat); err != nil {
				return err
			}
		}
		if len(known) == 0 {
			return nil
		}
		own := known[0].reader().News.Feeds
		gone.Feeds = len(own)
		return forgetFeeds(ctx, tx, own)
	})
	return gone, err
}

const forgetInbox = `DELETE FROM inbox WHERE lane = $1`

// forgetFeeds deletes what was read of feeds that no chat has any more.
func forgetFeeds(ctx context.Context, tx transaction, own []reader.Feed) error {
	if len(own) == 0 {
		return nil
	}
	lists, err := collect(ctx, tx, func(rows *sql.Rows) (list string, err error) {
		err = rows.Scan(&list)
		return list, err
	}, `SELECT feeds FROM chats WHERE feeds <> ''`)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, list := range lists {
		for _, f := range feedLines(list) {
			wanted[f.URL] = true
		}
	}
	for _, f := range own {
		if wanted[f.URL] {
			continue
		}
		for _, q := range []string{
			`DELETE FROM stories_stems WHERE rowid IN (SELECT id FROM stories WHERE feed = $1)`,
			`DELETE FROM stories WHERE feed = $1`,
			`DELETE FROM feeds WHERE url = $1 AND own`,
		} {
			if _, err := tx.ExecContext(ctx, q, f.URL); err != nil {
				return err
			}
		}
	}
	return nil
}

// How long is kept what nobody needs any more. Rates are kept for ever.
const (
	keepDeliveries = 30 * 24 * time.Hour  // after they were sent or given up
	keepQuarantine = 365 * 24 * time.Hour // after a figure was last said
	keepFirings    = 365 * 24 * time.Hour
	keepInactive   = 365 * 24 * time.Hour // chats that habar may not write to, after they were last met
	keepUpdates    = 7 * 24 * time.Hour
	keepDoubtful   = 2 * 365 * 24 * time.Hour // facts that are not sure, after their article
)

// housekeepAtOnce is how many rows are deleted in one transaction, so that no writer waits.
const housekeepAtOnce = 5000

// dated lists what goes: $1 is the moment, or the day, from which on it is kept, $2 how many rows.
var dated = []struct {
	sql   string
	keep  time.Duration
	byDay bool
}{
	{`DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state IN ('sent', 'failed') AND settled < $1 LIMIT $2)`, keepDeliveries, false},
	{`DELETE FROM firings WHERE id IN (SELECT id FROM firings WHERE at < $1 LIMIT $2)`, keepFirings, false},
	{`DELETE FROM quarantine WHERE (base, quote, source, effective, value) IN (SELECT base, quote, source, effective, value FROM quarantine WHERE seen < $1 LIMIT $2)`, keepQuarantine, false},
	{`DELETE FROM updates WHERE id IN (SELECT id FROM updates WHERE at < $1 LIMIT $2)`, keepUpdates, false},
	{`DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE at < $1 LIMIT $2)`, keepUpdates, false},
	{`DELETE FROM reading WHERE url IN (SELECT url FROM reading WHERE begun < $1 LIMIT $2)`, keepUpdates, false},
	{fmt.Sprintf(`DELETE FROM facts WHERE id IN (SELECT id FROM facts
		WHERE NOT builtin AND NOT official AND (doubt <> '' OR confidence > 0 AND confidence < %g) AND date < $1 LIMIT $2)`, trade.Sure), keepDoubtful, true},
	{`DELETE FROM chats WHERE id IN (SELECT id FROM chats WHERE NOT active AND created < $1 AND left_at < $1 LIMIT $2)`, keepInactive, false},
}

// Housekeep deletes what is older than it is kept, a portion at a time, gives space back to
// the disk and has the planner's statistics renewed. It returns how many rows went.
func (db *DB) Housekeep(ctx context.Context, now time.Time) (gone int64, err error) {
	for _, q := range dated {
		before := now.Add(-q.keep)
		since := any(before.Unix())
		if q.byDay {
			since = before.Format(time.DateOnly)
		}
		for {
			res, err := db.write.ExecContext(ctx, q.sql, since, housekeepAtOnce)
			if err != nil {
				return gone, fmt.Errorf("housekeeping: %w", err)
			}
			n, err := res.RowsAffected()
			if err != nil {
				return gone, err
			}
			gone += n
			if n < housekeepAtOnce {
				break
			}
		}
	}
	if db.shared != nil { // PostgreSQL does the rest by itself
		return gone, nil
	}
	for _, q := range []string{`PRAGMA optimize`, `PRAGMA incremental_vacuum`} {
		if _, err := db.write.ExecContext(ctx, q); err != nil {
			return gone, fmt.Errorf("housekeeping: %w", err)
		}
	}
	return gone, nil
}

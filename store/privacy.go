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
	{"chat", `SELECT * FROM chats WHERE id = ?`},
	{"digests", `SELECT s.zone, s.minute, s.weekdays, b.thread FROM subscriptions b JOIN schedules s ON s.id = b.schedule WHERE b.chat = ?`},
	{"alerts", `SELECT * FROM alerts WHERE chat = ?`},
	{"firings", `SELECT f.* FROM firings f JOIN alerts a ON a.id = f.alert WHERE a.chat = ?`},
	{"watches", `SELECT * FROM watches WHERE chat = ?`},
	{"deliveries", `SELECT id, kind, key, due, payload, state, attempts, settled, born, thread FROM deliveries WHERE chat = ?`},
	{"updates", `SELECT id, CAST(body AS TEXT) AS body, at FROM inbox WHERE ` + ofChat},
}

// ofChat finds the updates that are kept of a chat until they are handled.
const ofChat = `?1 IN (json_extract(body, '$.message.chat.id'), json_extract(body, '$.edited_message.chat.id'),
	json_extract(body, '$.channel_post.chat.id'), json_extract(body, '$.callback_query.message.chat.id'), json_extract(body, '$.my_chat_member.chat.id'))`

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
	}
	return row, nil
}

// Forget deletes everything that belongs to a chat, and what was read of feeds that only it
// had added; what is deleted is overwritten (secure_delete). It returns how much there was.
func (db *DB) Forget(ctx context.Context, chat int64) (gone reader.Forgotten, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		known, err := chats(ctx, tx, chat)
		if err != nil {
			return err
		}
		counts := []struct {
			into *int
			sql  string
		}{
			{&gone.Alerts, `SELECT count(*) FROM alerts WHERE chat = ?`},
			{&gone.Digests, `SELECT count(*) FROM subscriptions WHERE chat = ?`},
			{&gone.Watches, `SELECT count(*) FROM watches WHERE chat = ?`},
			{&gone.Messages, `SELECT count(*) FROM deliveries WHERE chat = ?`},
		}
		for _, c := range counts {
			if err := tx.QueryRowContext(ctx, c.sql, chat).Scan(c.into); err != nil {
				return err
			}
		}
		for _, q := range []string{`DELETE FROM inbox WHERE ` + ofChat, `DELETE FROM chats WHERE id = ?1`} { // the rest cascades
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
			`DELETE FROM stories_stems WHERE rowid IN (SELECT id FROM stories WHERE feed = ?)`,
			`DELETE FROM stories WHERE feed = ?`,
			`DELETE FROM feeds WHERE url = ? AND own = 1`,
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

// Housekeep deletes what is older than it is kept, a portion at a time, gives space back to
// the disk and has the planner's statistics renewed. It returns how many rows went.
func (db *DB) Housekeep(ctx context.Context, now time.Time) (gone int64, err error) {
	unsure := fmt.Sprintf(`builtin = 0 AND official = 0 AND (doubt <> '' OR confidence > 0 AND confidence < %g)`, trade.Sure)
	for _, q := range []struct {
		sql  string
		keep time.Duration
	}{
		{`DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state IN ('sent', 'failed') AND settled < ? LIMIT ?)`, keepDeliveries},
		{`DELETE FROM firings WHERE id IN (SELECT id FROM firings WHERE at < ? LIMIT ?)`, keepFirings},
		{`DELETE FROM quarantine WHERE (base, quote, source, effective, value) IN (SELECT base, quote, source, effective, value FROM quarantine WHERE seen < ? LIMIT ?)`, keepQuarantine},
		{`DELETE FROM updates WHERE id IN (SELECT id FROM updates WHERE at < ? LIMIT ?)`, keepUpdates},
		{`DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE at < ? LIMIT ?)`, keepUpdates},
		{`DELETE FROM reading WHERE url IN (SELECT url FROM reading WHERE begun < ? LIMIT ?)`, keepUpdates},
		{`DELETE FROM facts WHERE id IN (SELECT id FROM facts WHERE ` + unsure + ` AND date < date(?, 'unixepoch') LIMIT ?)`, keepDoubtful},
		{`DELETE FROM chats WHERE id IN (SELECT id FROM chats WHERE active = 0 AND max(created, left_at) < ? LIMIT ?)`, keepInactive},
	} {
		for {
			res, err := db.write.ExecContext(ctx, q.sql, now.Add(-q.keep).Unix(), housekeepAtOnce)
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
	for _, q := range []string{`PRAGMA optimize`, `PRAGMA incremental_vacuum`} {
		if _, err := db.write.ExecContext(ctx, q); err != nil {
			return gone, fmt.Errorf("housekeeping: %w", err)
		}
	}
	return gone, nil
}

package store

import (
	"context"
	"database/sql"
	"strings"

	"habar/digest/watch"
)

// AddWatch keeps what a chat waits for, unless it does already; watch.ErrTooMany where it
// waits for limit things.
func (db *DB) AddWatch(ctx context.Context, w watch.Watch, limit int) error {
	return db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, w.Reader.Chat); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO watches (chat, thread, words, stems) VALUES ($1, $2, $3, $4)
			ON CONFLICT (chat, stems) DO UPDATE SET thread = excluded.thread, words = excluded.words`,
			w.Reader.Chat, w.Thread, w.Words, strings.Join(w.Stems, " "))
		if err != nil {
			return err
		}
		var have int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM watches WHERE chat = $1`, w.Reader.Chat).Scan(&have); err != nil {
			return err
		}
		if have > limit {
			return watch.ErrTooMany
		}
		return nil
	})
}

// DeleteWatch ends one of a chat's watches, and reports whether there was one.
func (db *DB) DeleteWatch(ctx context.Context, chat, id int64) (bool, error) {
	res, err := db.write.ExecContext(ctx, `DELETE FROM watches WHERE chat = $1 AND id = $2`, chat, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Watches returns what a chat waits for, in the order in which it was told; 0 for what all
// chats do that may be written to.
func (db *DB) Watches(ctx context.Context, chat int64) ([]watch.Watch, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (w watch.Watch, err error) {
		var (
			c     chatRow
			stems string
		)
		err = rows.Scan(append([]any{&w.ID, &w.Thread, &w.Words, &stems}, c.fields()...)...)
		w.Stems, w.Reader = strings.Fields(stems), c.reader()
		return w, err
	}, `SELECT w.id, w.thread, w.words, w.stems,`+chatColumns+`FROM watches w JOIN chats c ON c.id = w.chat
		WHERE CAST($1 AS BIGINT) = 0 AND c.active OR w.chat = $1 ORDER BY w.id`, chat)
}

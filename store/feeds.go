package store

import (
	"context"
	"database/sql"

	"habar/digest/news"
)

// Feeds returns how every feed that was ever asked is doing.
func (db *DB) Feeds(ctx context.Context) ([]news.FeedState, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (f news.FeedState, err error) {
		var tried, success int64
		err = rows.Scan(&f.URL, &f.Moved, &f.ETag, &f.Modified, &tried, &success, &f.Failures, &f.Error, &f.Stories)
		f.Tried, f.Success = timeOf(tried), timeOf(success)
		return f, err
	}, `SELECT url, moved, etag, modified, tried, success, failures, error, stories FROM feeds ORDER BY url`)
}

func saveFeed(ctx context.Context, tx transaction, f news.FeedState) error {
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO feeds (url, moved, etag, modified, tried, success, failures, error, stories) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.URL, f.Moved, f.ETag, f.Modified, unix(f.Tried), unix(f.Success), f.Failures, f.Error, f.Stories)
	return err
}

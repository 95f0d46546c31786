package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"habar/digest/news"
)

// Feeds returns how every feed that was ever asked is doing.
func (db *DB) Feeds(ctx context.Context) ([]news.FeedState, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (f news.FeedState, err error) {
		var tried, success int64
		var left, undated string
		err = rows.Scan(&f.URL, &f.Moved, &f.ETag, &f.Modified, &tried, &success, &f.Failures, &f.Error, &f.Stories, &left, &undated, &f.Own)
		if err != nil {
			return f, err
		}
		f.Tried, f.Success, f.Undated = timeOf(tried), timeOf(success), strings.Fields(undated)
		return f, json.Unmarshal([]byte(left), &f.Left)
	}, `SELECT url, moved, etag, modified, tried, success, failures, error, stories, left_out, undated, own FROM feeds ORDER BY url`)
}

func saveFeed(ctx context.Context, tx transaction, f news.FeedState) error {
	left, err := json.Marshal(f.Left)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO feeds (url, moved, etag, modified, tried, success, failures, error, stories, left_out, undated, own) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (url) DO UPDATE SET moved = $2, etag = $3, modified = $4, tried = $5, success = $6, failures = $7, error = $8, stories = $9, left_out = $10, undated = $11, own = $12`,
		f.URL, f.Moved, f.ETag, f.Modified, unix(f.Tried), unix(f.Success), f.Failures, f.Error, f.Stories, string(left), strings.Join(f.Undated, " "), f.Own)
	return err
}

// BeginReading notes which feeds and pages are being read now.
func (db *DB) BeginReading(ctx context.Context, now time.Time, urls ...string) error {
	return db.atomically(ctx, func(tx transaction) error {
		for _, u := range urls {
			if _, err := tx.ExecContext(ctx, `INSERT INTO reading (url, begun, times) VALUES ($1, $2, 1)
				ON CONFLICT (url) DO UPDATE SET begun = excluded.begun, times = reading.times + 1`, u, now.Unix()); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndReading notes that the reading of feeds or pages came to an end, a good one or not.
func (db *DB) EndReading(ctx context.Context, urls ...string) error {
	return db.atomically(ctx, func(tx transaction) error {
		for _, u := range urls {
			if _, err := tx.ExecContext(ctx, `DELETE FROM reading WHERE url = $1`, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unfinished returns the feeds and pages that were being read when a process died.
func (db *DB) Unfinished(ctx context.Context) ([]news.Unfinished, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (u news.Unfinished, err error) {
		var begun int64
		err = rows.Scan(&u.URL, &begun, &u.Times)
		u.Begun = timeOf(begun)
		return u, err
	}, `SELECT url, begun, times FROM reading`)
}

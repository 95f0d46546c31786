package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
)

// What a round of alerts writes row by row, PostgreSQL is told many rows at a time: each statement by
// itself would wait for the network. $1 is a JSON array of what the parameters of the row's own
// statement are; in the order of columns there.
var bulks = map[string]string{
	saveAlertSQL: `UPDATE alerts SET thread = CAST(r ->> 0 AS BIGINT), base = r ->> 1, quote = r ->> 2, kind = r ->> 3, direction = CAST(r ->> 4 AS INTEGER),
			amount = r ->> 5, days = CAST(r ->> 6 AS INTEGER), repeat = CAST(r ->> 7 AS BOOLEAN), until = CAST(r ->> 8 AS BIGINT), state = r ->> 9,
			beyond = CAST(r ->> 10 AS INTEGER), baseline = r ->> 11, since = CAST(r ->> 12 AS BIGINT), seen = r ->> 13, muted = CAST(r ->> 14 AS BIGINT),
			fired = CAST(r ->> 15 AS BIGINT), gauge = r ->> 16, market = r ->> 17,
			low = CASE WHEN c.active THEN CAST(r ->> 18 AS DOUBLE PRECISION) END, high = CASE WHEN c.active THEN CAST(r ->> 19 AS DOUBLE PRECISION) END,
			due = CASE WHEN c.active THEN CAST(r ->> 20 AS BIGINT) END
		FROM json_array_elements(CAST($1 AS json)) AS r, alerts a JOIN chats c ON c.id = a.chat
		WHERE a.id = CAST(r ->> 21 AS BIGINT) AND alerts.id = a.id`,
	queueSQL: `INSERT INTO deliveries (chat, kind, priority, key, due, payload, born, thread)
		SELECT CAST(r ->> 0 AS BIGINT), r ->> 1, CAST(r ->> 2 AS INTEGER), r ->> 3, CAST(r ->> 4 AS BIGINT), r ->> 5, CAST(r ->> 4 AS BIGINT), CAST(r ->> 6 AS BIGINT)
		FROM json_array_elements(CAST($1 AS json)) AS r ON CONFLICT DO NOTHING`,
	insertFiring: `INSERT INTO firings (id, alert, at, side, value, ago, before, legs, offer)
		SELECT CAST(r ->> 8 AS BIGINT), CAST(r ->> 0 AS BIGINT), CAST(r ->> 1 AS BIGINT), CAST(r ->> 2 AS INTEGER), r ->> 3, r ->> 4, r ->> 5, r ->> 6, r ->> 7
		FROM json_array_elements(CAST($1 AS json)) AS r`,
}

// bulkOrder is the order in which they are written: what others refer to first.
var bulkOrder = []string{insertFiring, saveAlertSQL, queueSQL}

// firingsAtOnce is how many ids of firings are taken from the sequence at a time.
const firingsAtOnce = 200

// A bulk holds rows back until they are written together.
type bulk struct {
	rows   map[string][][]any // by statement
	alerts map[any]int        // which row is an alert's, by id
	ids    []int64            // of firings that are still to be
}

// hold keeps a row for later.
func (b *bulk) hold(query string, args []any) error {
	row := make([]any, len(args))
	for i, a := range args {
		row[i] = a
		if v, ok := a.(driver.Valuer); ok {
			value, err := v.Value()
			if err != nil {
				return err
			}
			row[i] = value
		}
	}
	if b.rows == nil {
		b.rows, b.alerts = map[string][][]any{}, map[any]int{}
	}
	if query == saveAlertSQL { // the last word on each alert
		id := row[len(row)-1]
		if at, again := b.alerts[id]; again {
			b.rows[query][at] = row
			return nil
		}
		b.alerts[id] = len(b.rows[query])
	}
	b.rows[query] = append(b.rows[query], row)
	return nil
}

// firing returns the id of the next firing.
func (b *bulk) firing(ctx context.Context, tx transaction) (id int64, err error) {
	if len(b.ids) == 0 {
		rows, err := tx.QueryContext(ctx, `SELECT nextval(pg_get_serial_sequence('firings', 'id')) FROM generate_series(1, $1)`, firingsAtOnce)
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&id); err != nil {
				return 0, err
			}
			b.ids = append(b.ids, id)
		}
		if err := rows.Err(); err != nil {
			return 0, err
		}
	}
	id, b.ids = b.ids[0], b.ids[1:]
	return id, nil
}

// bulkRows is how many rows one statement is given.
const bulkRows = 1000

// flush writes what is held.
func (b *bulk) flush(ctx context.Context, tx transaction) error {
	for _, query := range bulkOrder {
		for part := range slices.Chunk(b.rows[query], bulkRows) {
			list, err := json.Marshal(part)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, bulks[query], string(list)); err != nil {
				return fmt.Errorf("write %d rows: %w", len(part), err)
			}
		}
	}
	clear(b.rows)
	clear(b.alerts)
	return nil
}

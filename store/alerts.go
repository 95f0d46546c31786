package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
)

// AddAlert saves an alert and returns it with its ID. A chat may have at most
// limit alerts that are not done; one more is alert.ErrTooMany. One that stands already in
// the same words is not added again: it is returned as it is.
func (db *DB) AddAlert(ctx context.Context, a alert.Alert, limit int) (alert.Alert, error) {
	err := db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, a.Chat); err != nil {
			return err
		}
		same, err := collect(ctx, tx, scanAlert, selectAlert+` WHERE chat = $1 AND thread = $2 AND base = $3 AND quote = $4 AND kind = $5 AND direction = $6
			AND amount = $7 AND days = $8 AND repeat = $9 AND until = $10 AND market = $12 AND state NOT IN ('done', 'paused')
			AND (baseline = $11 OR kind <> 'percent' OR days <> 0) LIMIT 1`, // a percentage from now is from another now
			a.Chat, a.Thread, a.Pair.Base, a.Pair.Quote, a.Kind, a.Direction, a.Amount.String(), a.Window, a.Repeat, unix(a.Until), a.Baseline.String(), a.Market.String())
		if err != nil {
			return err
		}
		if len(same) > 0 {
			a = same[0]
			return nil
		}
		var have int
		err = tx.QueryRowContext(ctx, `SELECT count(*) FROM alerts WHERE chat = $1 AND state <> 'done'`, a.Chat).Scan(&have)
		if err != nil {
			return err
		}
		if have >= limit {
			return alert.ErrTooMany
		}
		err = tx.QueryRowContext(ctx, `
			INSERT INTO alerts (chat, base, quote, kind, direction, amount, days, repeat, until, state, created, gauge)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
			a.Chat, a.Pair.Base, a.Pair.Quote, a.Kind, a.Direction, a.Amount.String(), a.Window, a.Repeat, unix(a.Until), a.State,
			a.Created.Unix(), a.Gauge().String()).Scan(&a.ID)
		if err != nil {
			return err
		}
		return saveAlert(ctx, tx, a)
	})
	return a, err
}

// Alerts returns the alerts of a chat, the latest first.
func (db *DB) Alerts(ctx context.Context, chat int64) ([]alert.Alert, error) {
	return collect(ctx, db.read, scanAlert, selectAlert+` WHERE chat = $1 ORDER BY id DESC`, chat)
}

// DeleteAlert deletes an alert of a chat and reports whether it was there.
func (db *DB) DeleteAlert(ctx context.Context, chat, id int64) (bool, error) {
	res, err := db.write.ExecContext(ctx, `DELETE FROM alerts WHERE id = $1 AND chat = $2`, id, chat)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// UpdateAlert keeps what change makes of an alert of a chat. It returns the alert as
// it then is, and false if the chat has no such alert.
func (db *DB) UpdateAlert(ctx context.Context, chat, id int64, change func(alert.Alert) alert.Alert) (a alert.Alert, found bool, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		found = false
		all, err := collect(ctx, tx, scanAlert, selectAlertOf, id, chat)
		if err != nil || len(all) == 0 {
			return err
		}
		a, found = change(all[0]), true
		a.ID, a.Chat = id, chat
		return saveAlert(ctx, tx, a)
	})
	return a, found, err
}

const selectAlert = `SELECT id, chat, thread, base, quote, kind, direction, amount, days, repeat, until,
	state, beyond, baseline, since, seen, muted, created, fired, market FROM alerts`

const (
	selectAlertOf   = selectAlert + ` WHERE id = $1 AND chat = $2`
	selectAlertsOf  = selectAlert + ` WHERE chat = $1`
	selectAlertByID = selectAlert + ` WHERE id = $1`
	selectUnpaused  = selectAlert + ` WHERE state <> 'paused'`
)

func scanAlert(rows *sql.Rows) (a alert.Alert, err error) {
	var until, since, muted, created, fired int64
	var market string
	err = rows.Scan(&a.ID, &a.Chat, &a.Thread, &a.Pair.Base, &a.Pair.Quote, &a.Kind, &a.Direction, &a.Amount, &a.Window, &a.Repeat, &until,
		&a.State, &a.Beyond, &a.Baseline, &since, &a.Seen, &muted, &created, &fired, &market)
	a.Market = alert.ReadMarket(market)
	a.Until, a.Since, a.Muted, a.Created, a.Fired = timeOf(until), timeOf(since), timeOf(muted), timeOf(created), timeOf(fired)
	return a, err
}

// saveAlertSQL keeps all of an alert but its ID and chat. Alerts of a chat that is
// switched off are asleep: nothing reaches them.
const saveAlertSQL = `UPDATE alerts SET (thread, base, quote, kind, direction, amount, days, repeat, until,
		state, beyond, baseline, since, seen, muted, fired, gauge, market, low, high, due) =
	(SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, iif(active, $19, NULL), iif(active, $20, NULL), iif(active, $21, NULL) FROM chats WHERE id = alerts.chat)
	WHERE id = $22`

func alertRow(a alert.Alert) []any {
	quiet := a.QuietRange()
	due := sql.NullInt64{Int64: unix(a.NextWake()), Valid: !a.NextWake().IsZero()}
	return []any{
		a.Thread, a.Pair.Base, a.Pair.Quote, a.Kind, a.Direction, a.Amount.String(), a.Window, a.Repeat, unix(a.Until),
		a.State, a.Beyond, a.Baseline.String(), unix(a.Since), a.Seen.String(), unix(a.Muted), unix(a.Fired), a.Gauge().String(), a.Market.String(),
		float(quiet.Low), float(quiet.High), due, a.ID,
	}
}

func saveAlert(ctx context.Context, tx transaction, a alert.Alert) error {
	_, err := tx.ExecContext(ctx, saveAlertSQL, alertRow(a)...)
	return err
}

func float(d decimal.NullDecimal) sql.NullFloat64 {
	return sql.NullFloat64{Float64: d.Decimal.InexactFloat64(), Valid: d.Valid} //nolint:forbidigo // for an index only
}

// suspendAlerts takes a chat's alerts out of reach.
func suspendAlerts(ctx context.Context, tx transaction, chat int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE alerts SET low = NULL, high = NULL, due = NULL WHERE chat = $1`, chat)
	return err
}

// resumeAlerts puts a chat's alerts within reach again. What was crossed meanwhile and
// still holds fires with the next rate.
func resumeAlerts(ctx context.Context, tx transaction, chat int64) error {
	all, err := collect(ctx, tx, scanAlert, selectAlertsOf, chat)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := saveAlert(ctx, tx, a); err != nil {
			return err
		}
	}
	return nil
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func timeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

package bot

import (
	"context"
	"fmt"
	"time"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/alert"
	"habar/digest/rates"
)

// An AlertStore keeps alerts.
type AlertStore interface {
	// AddAlert keeps a new alert of a chat that has less than limit; alert.ErrTooMany else.
	AddAlert(ctx context.Context, a alert.Alert, limit int) (alert.Alert, error)
	Alerts(ctx context.Context, chat int64) ([]alert.Alert, error)
	DeleteAlert(ctx context.Context, chat, id int64) (bool, error)
	UpdateAlert(ctx context.Context, chat, id int64, change func(alert.Alert) alert.Alert) (alert.Alert, bool, error)
}

// DefaultMaxAlerts is how many alerts a chat may have that are not done, unless the
// operator says otherwise.
const DefaultMaxAlerts = 50

// alertsCommand lists a chat's alerts; its buttons change one of them and show the page
// again, or are answered in passing where they stand below an alert that fired.
type alertsCommand struct {
	store   AlertStore
	history alert.History
}

func (c alertsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask := button.ParseAlerts(req.Args)
	done, err := c.change(ctx, req, ask)
	if err != nil {
		return message.Message{}, fmt.Errorf("change alert: %w", err)
	}
	if ask.Aside {
		if done == "" {
			return req.Voice().Gone(), nil
		}
		return req.Voice().Notice(done), nil
	}
	all, err := c.store.Alerts(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("read alerts: %w", err)
	}
	last := (len(all)-1)/message.AlertsPerPage + 1
	m, err := c.page(ctx, req, all, max(min(ask.Page, last), 1))
	if done != "" {
		m.Toast = req.Voice().Toast(done)
	}
	return m, err
}

// page shows a page of alerts, each with where its rate stands.
func (c alertsCommand) page(ctx context.Context, req Request, all []alert.Alert, page int) (message.Message, error) {
	first := (page - 1) * message.AlertsPerPage
	shown := all[first:min(first+message.AlertsPerPage, len(all))]
	gauges := map[rates.Pair][]alert.Gauge{}
	for _, a := range shown {
		gauges[a.Pair] = append(gauges[a.Pair], a.Gauge())
	}
	readings := map[rates.Pair]alert.Reading{}
	for pair, watched := range gauges {
		r, err := alert.Read(ctx, c.history, req.Now, pair, watched...)
		if err != nil {
			return message.Message{}, err
		}
		readings[pair] = r
	}
	return req.Voice().Alerts(shown, readings, page, len(all)), nil
}

// muteFor is how long "mute" leaves alerts alone.
const muteFor = 24 * time.Hour

// change does what a button asks for and returns the name of what was done, "" for
// nothing.
func (c alertsCommand) change(ctx context.Context, req Request, ask button.Alerts) (done string, err error) {
	if ask.All {
		return c.muteAll(ctx, req)
	}
	found := false
	switch ask.Verb { //nolint:exhaustive // the others are of broadcasts
	case button.Delete:
		found, err = c.store.DeleteAlert(ctx, req.Reader.Chat, ask.ID)
		done = "deleted"
	case button.Pause:
		found, err = c.update(ctx, req, ask.ID, alert.Alert.Pause)
		done = "paused"
	case button.Mute:
		found, err = c.update(ctx, req, ask.ID, func(a alert.Alert) alert.Alert { return a.Mute(req.Now.Add(muteFor)) })
		done = "muted"
	case button.Arm:
		found, err = c.arm(ctx, req, ask.ID)
		done = "armed"
	case button.Show:
	}
	if !found {
		return "", err
	}
	return done, err
}

func (c alertsCommand) update(ctx context.Context, req Request, id int64, change func(alert.Alert) alert.Alert) (bool, error) {
	_, found, err := c.store.UpdateAlert(ctx, req.Reader.Chat, id, change)
	return found, err
}

// arm starts an alert anew from the present rate.
func (c alertsCommand) arm(ctx context.Context, req Request, id int64) (bool, error) {
	all, err := c.store.Alerts(ctx, req.Reader.Chat)
	if err != nil {
		return false, err
	}
	for _, a := range all {
		if a.ID != id {
			continue
		}
		reading, err := alert.Read(ctx, c.history, req.Now, a.Pair, a.Terms.Gauge())
		if err != nil {
			return false, err
		}
		return c.update(ctx, req, id, func(a alert.Alert) alert.Alert {
			if !a.Until.IsZero() && a.Until.Before(req.Now) {
				a.Until = time.Time{} // it has run out: asked for again, it has no end
			}
			return a.Arm(reading)
		})
	}
	return false, nil
}

func (c alertsCommand) muteAll(ctx context.Context, req Request) (done string, err error) {
	all, err := c.store.Alerts(ctx, req.Reader.Chat)
	if err != nil {
		return "", err
	}
	for _, a := range all {
		if a.State == alert.Done || a.State == alert.Paused {
			continue
		}
		if _, err := c.update(ctx, req, a.ID, func(a alert.Alert) alert.Alert { return a.Mute(req.Now.Add(muteFor)) }); err != nil {
			return "", err
		}
	}
	return "muted", nil
}

package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/alert"
	"habar/digest/rates"
)

// An AlertKeeper keeps alerts.
type AlertKeeper interface {
	AddAlert(ctx context.Context, a alert.Alert, most int) (alert.Alert, error)
	Alerts(ctx context.Context, chat int64) ([]alert.Alert, error)
	DeleteAlert(ctx context.Context, chat, id int64) (bool, error)
	UpdateAlert(ctx context.Context, chat, id int64, change func(alert.Alert) alert.Alert) (alert.Alert, bool, error)
}

// DefaultMaxAlerts is how many alerts a chat may have that are not done, unless the
// operator says otherwise.
const DefaultMaxAlerts = 50

// alertsCommand lists a chat's alerts; its buttons change one of them and show the
// page again: "alerts pause 7 2". "-" for a page shows none: buttons below an alert
// that rang are answered in passing.
type alertsCommand struct {
	keeper  AlertKeeper
	history digest.History
}

const noPage = "-"

func (c alertsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	verb, rest, _ := strings.Cut(req.Args, " ")
	arg, page, _ := strings.Cut(rest, " ")
	if verb == "page" {
		page = arg
	}
	done, err := c.change(ctx, req, verb, arg)
	if err != nil {
		return message.Message{}, fmt.Errorf("change alert: %w", err)
	}
	if page == noPage {
		if done == "" {
			return req.Voice().Gone(), nil
		}
		return req.Voice().Notice(done), nil
	}
	all, err := c.keeper.Alerts(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("read alerts: %w", err)
	}
	from, err := strconv.Atoi(page)
	if err != nil || from < 1 {
		from = 1
	}
	from = min(from, (len(all)-1)/message.AlertsPerPage+1)
	m, err := c.page(ctx, req, all, max(from, 1))
	if done != "" {
		m.Toast = req.Voice().Toast(done)
	}
	return m, err
}

// page shows a page of alerts, each with where its rate stands.
func (c alertsCommand) page(ctx context.Context, req Request, all []alert.Alert, page int) (message.Message, error) {
	first := (page - 1) * message.AlertsPerPage
	shown := all[first:min(first+message.AlertsPerPage, len(all))]
	readings := map[rates.Pair]alert.Reading{}
	for _, a := range shown {
		if _, known := readings[a.Pair]; known {
			continue
		}
		r, _, err := digest.ReadingOf(ctx, c.history, a.Pair, req.Now)
		if err != nil {
			return message.Message{}, err
		}
		readings[a.Pair] = r
	}
	return req.Voice().Alerts(shown, readings, page, len(all)), nil
}

// muteFor is how long "mute" leaves alerts alone.
const muteFor = 24 * time.Hour

// change does what a button asks for and returns the name of what was done, "" for
// nothing.
func (c alertsCommand) change(ctx context.Context, req Request, verb, arg string) (done string, err error) {
	if verb == "mute" && arg == "all" {
		return c.muteAll(ctx, req)
	}
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return "", nil //nolint:nilerr // words that mean nothing here leave the list as it is
	}
	found := false
	switch verb {
	case "delete":
		found, err = c.keeper.DeleteAlert(ctx, req.Reader.Chat, id)
		done = "deleted"
	case "pause":
		found, err = c.update(ctx, req, id, alert.Alert.Pause)
		done = "paused"
	case "mute":
		found, err = c.update(ctx, req, id, func(a alert.Alert) alert.Alert { return a.Mute(req.Now.Add(muteFor)) })
		done = "muted"
	case "arm":
		found, err = c.arm(ctx, req, id)
		done = "armed"
	}
	if !found {
		return "", err
	}
	return done, err
}

func (c alertsCommand) update(ctx context.Context, req Request, id int64, change func(alert.Alert) alert.Alert) (bool, error) {
	_, found, err := c.keeper.UpdateAlert(ctx, req.Reader.Chat, id, change)
	return found, err
}

// arm starts an alert anew from the present rate.
func (c alertsCommand) arm(ctx context.Context, req Request, id int64) (bool, error) {
	all, err := c.keeper.Alerts(ctx, req.Reader.Chat)
	if err != nil {
		return false, err
	}
	for _, a := range all {
		if a.ID != id {
			continue
		}
		reading, _, err := digest.ReadingOf(ctx, c.history, a.Pair, req.Now)
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
	all, err := c.keeper.Alerts(ctx, req.Reader.Chat)
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

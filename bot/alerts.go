package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

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

// maxAlerts is how many alerts a chat may have that are not done.
const maxAlerts = 50

// alertCommand sets an alert, or says how when it is asked for nothing.
type alertCommand struct {
	keeper  AlertKeeper
	history digest.History
}

func (c alertCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	board, err := c.history.Board(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read board: %w", err)
	}
	if req.Args == "" {
		return req.Voice().AlertHelp(presentRates(board, rates.Pair{Base: rates.USD, Quote: rates.KZT}, rates.Pair{Base: rates.USD, Quote: rates.UZS}, rates.Pair{Base: rates.USD, Quote: rates.RUB})), nil
	}
	wish, err := alert.Parse(req.Args, req.Now.In(req.Reader.Zone))
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	now, ok := board.Rate(wish.Pair)
	if !ok {
		return req.Voice().NoRate(wish.Pair), nil
	}
	a, err := wish.For(req.Reader.Chat, now.Value, req.Now)
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	a, err = c.keeper.AddAlert(ctx, a, maxAlerts)
	switch {
	case errors.Is(err, alert.ErrTooMany):
		return req.Voice().Usage("", err), nil
	case err != nil:
		return message.Message{}, fmt.Errorf("save alert: %w", err)
	}
	return req.Voice().AlertSet(a, now), nil
}

func presentRates(board rates.Board, pairs ...rates.Pair) []rates.Rate {
	var present []rates.Rate
	for _, p := range pairs {
		if r, ok := board.Rate(p); ok {
			present = append(present, r)
		}
	}
	return present
}

// alertsCommand lists a chat's alerts; its buttons delete, pause and arm one.
type alertsCommand struct {
	keeper  AlertKeeper
	history digest.History
}

func (c alertsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	board, err := c.history.Board(ctx)
	if err != nil {
		return message.Message{}, fmt.Errorf("read board: %w", err)
	}
	toast, err := c.change(ctx, req, board)
	if err != nil {
		return message.Message{}, fmt.Errorf("change alert: %w", err)
	}
	all, err := c.keeper.Alerts(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("read alerts: %w", err)
	}
	lines := make([]message.AlertLine, 0, len(all))
	for _, a := range all[:min(len(all), alertsShown)] {
		line := message.AlertLine{Alert: a}
		if r, ok := board.Rate(a.Pair); ok {
			line.Rate = &r
		}
		lines = append(lines, line)
	}
	if toast != "" {
		toast = req.Voice().Toast(toast)
	}
	return req.Voice().Alerts(lines, toast), nil
}

// alertsShown is how many alerts fit into one message.
const alertsShown = 20

// change does what a button asks for and returns the name of what was done.
func (c alertsCommand) change(ctx context.Context, req Request, board rates.Board) (done string, err error) {
	verb, arg, _ := strings.Cut(req.Args, " ")
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
		_, found, err = c.keeper.UpdateAlert(ctx, req.Reader.Chat, id, alert.Alert.Pause)
		done = "paused"
	case "arm":
		_, found, err = c.keeper.UpdateAlert(ctx, req.Reader.Chat, id, func(a alert.Alert) alert.Alert {
			r, ok := board.Rate(a.Pair)
			if !ok {
				return a
			}
			return a.Arm(r.Value)
		})
		done = "armed"
	}
	if !found {
		return "", err
	}
	return done, err
}

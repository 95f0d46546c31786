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

// alertCommand sets an alert from its words, or asks for them step by step: the
// buttons of the dialog are "alert ask …", each with what has been chosen so far.
type alertCommand struct {
	keeper  AlertKeeper
	history digest.History
	most    int // alerts of one chat that are not done
}

const askWord = "ask"

func (c alertCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	words, asked := strings.CutPrefix(req.Args, askWord)
	if asked && (words == "" || words[0] == ' ') {
		return c.ask(ctx, req, strings.TrimSpace(words))
	}
	if req.Args == "" {
		return req.Voice().AskPair(req.Reader.Pairs(req.Reader.Base), 0), nil
	}
	wish, err := alert.Parse(req.Args, req.Now.In(req.Reader.Zone))
	if errors.Is(err, alert.ErrForm) {
		if _, pairErr := rates.ParsePair(strings.ReplaceAll(req.Args, " ", "/")); pairErr == nil {
			return c.ask(ctx, req, strings.ReplaceAll(req.Args, " ", "/"))
		}
	}
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	reading, ok, err := digest.ReadingOf(ctx, c.history, wish.Pair, req.Now)
	if err != nil {
		return message.Message{}, err
	}
	if !ok {
		return req.Voice().NoRate(wish.Pair), nil
	}
	a, err := wish.For(req.Reader.Chat, reading)
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	a, found, err := c.keep(ctx, a)
	switch {
	case errors.Is(err, alert.ErrTooMany):
		return req.Voice().TooManyAlerts(c.most), nil
	case err != nil:
		return message.Message{}, fmt.Errorf("save alert: %w", err)
	case !found:
		return req.Voice().Gone(), nil
	}
	return req.Voice().AlertSet(a, reading), nil
}

// keep saves a new alert, or puts one in the place of that whose ID it bears. found is
// false where that is no longer there.
func (c alertCommand) keep(ctx context.Context, a alert.Alert) (saved alert.Alert, found bool, err error) {
	if a.ID == 0 {
		a, err = c.keeper.AddAlert(ctx, a, c.most)
		return a, true, err
	}
	return c.keeper.UpdateAlert(ctx, a.Chat, a.ID, func(alert.Alert) alert.Alert { return a })
}

// ask goes one step of the dialog: pair, then kind, then value, then how often, then
// yes. Each step is asked for by what is missing in words.
func (c alertCommand) ask(ctx context.Context, req Request, words string) (message.Message, error) {
	var replaces int64
	if rest, ok := strings.CutPrefix(words, "#"); ok {
		id, after, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return req.Voice().Gone(), nil //nolint:nilerr // no button of ours has such a number
		}
		replaces, words = n, after
	}
	if words == "" {
		return req.Voice().AskPair(req.Reader.Pairs(req.Reader.Base), replaces), nil
	}
	name, what, _ := strings.Cut(words, " ")
	pair, err := rates.ParsePair(name)
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	reading, ok, err := digest.ReadingOf(ctx, c.history, pair, req.Now)
	switch {
	case err != nil:
		return message.Message{}, err
	case !ok:
		return req.Voice().NoRate(pair), nil
	}
	dialog := message.AlertDialog{Pair: pair, Reading: reading, Replaces: replaces}
	switch what {
	case "":
		return req.Voice().AskKind(dialog), nil
	case message.AskLevel:
		return req.Voice().AskLevel(dialog), nil
	case message.AskPercent:
		return req.Voice().AskPercent(dialog), nil
	}
	wish, err := alert.Parse(pair.String()+" "+what, req.Now.In(req.Reader.Zone))
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	wish.Replaces = replaces
	if !strings.HasSuffix(what, " once") && !wish.Repeat {
		return req.Voice().AskOften(dialog, wish), nil
	}
	a, err := wish.For(req.Reader.Chat, reading)
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	return req.Voice().AskYes(dialog, wish, a), nil
}

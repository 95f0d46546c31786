package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/alert"
	"habar/digest/cache"
	"habar/digest/rates"
)

// alertCommand sets an alert from its words, or asks for them step by step by buttons,
// each of which carries what has been chosen so far.
type alertCommand struct {
	store     AlertStore
	history   rates.History
	maxAlerts int // of one chat that are not done
	asked     *openQuestions
}

// An openQuestion is a step of the dialog that a number may answer, instead of a button.
type openQuestion struct {
	button.Dialog
	until time.Time
}

// openQuestions are those that private chats were asked last. A restart forgets them: what is
// typed then is a conversion, and says so.
type openQuestions struct {
	*cache.LRU[int64, openQuestion]
}

// answerWithin is how long a number is taken for the answer.
const answerWithin = 10 * time.Minute

func (q *openQuestions) ask(chat int64, d button.Dialog, now time.Time) {
	q.Add(chat, openQuestion{d, now.Add(answerWithin)})
}

// take returns the words of the alert that a text answers, where it is what was asked for;
// the question is no longer open.
func (q *openQuestions) take(chat int64, text string, now time.Time) (words string, ok bool) {
	asked, open := q.Get(chat)
	q.Remove(chat)
	if !open || now.After(asked.until) || strings.ContainsFunc(text, unicode.IsLetter) {
		return "", false
	}
	words = asked.Pair.String() + " " + text
	if asked.Kind == alert.Percent && !strings.Contains(text, "%") {
		words += "%"
	}
	if asked.Replaces != 0 {
		words = "#" + strconv.FormatInt(asked.Replaces, 10) + " " + words
	}
	wanted, err := alert.Parse(words, now)
	return words, err == nil && wanted.Kind == asked.Kind
}

func (c alertCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	if d, ok := button.ParseDialog(req.Args); ok {
		return c.ask(ctx, req, d)
	}
	if req.Args == "" {
		return c.ask(ctx, req, button.Dialog{})
	}
	wanted, err := alert.Parse(req.Args, req.Now.In(req.Reader.Zone))
	if errors.Is(err, alert.ErrForm) {
		if pair, pairErr := rates.ParsePair(strings.ReplaceAll(req.Args, " ", "/")); pairErr == nil {
			return c.ask(ctx, req, button.Dialog{Pair: pair})
		}
	}
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	reading, ok, err := alert.Read(ctx, c.history, req.Now, wanted.Pair, wanted.Gauge())
	if err != nil {
		return message.Message{}, err
	}
	if !ok {
		return req.Voice().NoRate(wanted.Pair), nil
	}
	if other, ambiguous := wanted.Ambiguous(reading.Rate.Value); ambiguous {
		return req.Voice().AskLevel(wanted, other, reading), nil
	}
	a, err := alert.New(wanted.Terms, req.Reader.Chat, reading)
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	a.ID, a.Thread = wanted.Replaces, req.Thread
	a, found, err := c.save(ctx, a)
	switch {
	case errors.Is(err, alert.ErrTooMany):
		return req.Voice().TooManyAlerts(c.maxAlerts), nil
	case err != nil:
		return message.Message{}, fmt.Errorf("save alert: %w", err)
	case !found:
		return req.Voice().Gone(), nil
	}
	return req.Voice().AlertSet(a, reading), nil
}

// save keeps a new alert, or puts one in the place of that whose ID it bears. found is
// false where that is no longer there.
func (c alertCommand) save(ctx context.Context, a alert.Alert) (saved alert.Alert, found bool, err error) {
	if a.ID == 0 {
		a, err = c.store.AddAlert(ctx, a, c.maxAlerts)
		return a, true, err
	}
	return c.store.UpdateAlert(ctx, a.Chat, a.ID, func(alert.Alert) alert.Alert { return a })
}

// ask goes one step of the dialog: pair, then kind, then terms, then how often, then yes.
// Each step is asked for by what is still to be chosen.
func (c alertCommand) ask(ctx context.Context, req Request, d button.Dialog) (message.Message, error) {
	if d.Pair == (rates.Pair{}) {
		return req.Voice().AskPair(req.Reader.Pairs(req.Reader.Base), d.Replaces), nil
	}
	reading, ok, err := alert.Read(ctx, c.history, req.Now, d.Pair)
	switch {
	case err != nil:
		return message.Message{}, err
	case !ok:
		return req.Voice().NoRate(d.Pair), nil
	}
	step := message.AlertDialog{Dialog: d, Reading: reading}
	switch {
	case d.Kind != "":
		c.asked.ask(req.Reader.Chat, d, req.Now)
		return req.Voice().AskTerms(step), nil
	case d.Words == "":
		return req.Voice().AskKind(step), nil
	}
	wanted, err := alert.Parse(d.Pair.String()+" "+d.Words, req.Now.In(req.Reader.Zone))
	if err != nil {
		return req.Voice().Usage("alert", err), nil
	}
	if step.Reading, _, err = alert.Read(ctx, c.history, req.Now, d.Pair, wanted.Gauge()); err != nil {
		return message.Message{}, err
	}
	a, err := alert.New(wanted.Terms, req.Reader.Chat, step.Reading)
	switch {
	case err != nil:
		return req.Voice().Usage("alert", err), nil
	case !d.Often:
		return req.Voice().AskOften(step, a), nil
	}
	return req.Voice().AskYes(step, a), nil
}

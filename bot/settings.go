package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/digest/rates"
	"habar/digest/reader"
)

// Readers keeps who is written to.
type Readers interface {
	Meet(ctx context.Context, first reader.Reader, now time.Time) (reader.Reader, error)
	// Known returns the reader of a chat that habar has met, without meeting it.
	Known(ctx context.Context, chat int64) (reader.Reader, bool, error)
	SwitchOff(ctx context.Context, chat int64, now time.Time) error
	SaveReader(ctx context.Context, r reader.Reader, now time.Time) error
	Forget(ctx context.Context, chat int64) error
}

// settingsCommand shows what a reader set; "language ru", "base EUR", "zone
// Asia/Bishkek", "currency RUB", which adds or takes away, and "quiet 22:00-07:00"
// change it.
type settingsCommand struct{ readers Readers }

func (c settingsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	what, value, _ := strings.Cut(req.Args, " ")
	changed := req.Reader
	var err error
	switch what {
	case "":
		return req.Voice().Settings(), nil
	case "language":
		changed.Language, err = language.Parse(value)
	case "base":
		changed.Base, err = rates.ParseCurrency(value)
	case "currency":
		var c rates.Currency
		if c, err = rates.ParseCurrency(value); err == nil {
			changed = changed.Toggle(c)
		}
	case "quiet":
		changed.Quiet, err = quiet(value, req.Reader.Quiet)
	case "zone":
		changed.Zone, err = reader.ParseZone(value)
	default:
		return req.Voice().Usage("settings", nil), nil
	}
	if err != nil {
		return req.Voice().Usage("settings", err), nil
	}
	if err := c.readers.SaveReader(ctx, changed, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save settings: %w", err)
	}
	req.Reader = changed
	m := req.Voice().Settings()
	m.Toast = req.Voice().Toast("saved")
	return m, nil
}

// quiet reads new quiet hours; "alerts" changes whether alerts are held back too.
func quiet(words string, now reader.Quiet) (reader.Quiet, error) {
	if words == "alerts" {
		now.Alerts = !now.Alerts
		return now, nil
	}
	q, err := reader.ParseQuiet(words)
	q.Alerts = now.Alerts
	return q, err
}

// forgetCommand deletes all that belongs to a chat, once it is asked twice.
type forgetCommand struct{ readers Readers }

func (c forgetCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	if req.Args != "yes" {
		return req.Voice().ForgetAsk(), nil
	}
	if err := c.readers.Forget(ctx, req.Reader.Chat); err != nil {
		return message.Message{}, fmt.Errorf("forget: %w", err)
	}
	return req.Voice().Forgotten(), nil
}

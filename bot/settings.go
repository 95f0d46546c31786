package bot

import (
	"context"
	"fmt"
	"strconv"
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
//
// "news" shows what it wants of the news; "country kz", "topic energy", "mute-outlet 7"
// and "mute-topic 7", of the story with this ID, "unmute" and "any-language" change that.
type settingsCommand struct {
	readers Readers
	stand   Newsstand
}

func (c settingsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	what, value, _ := strings.Cut(req.Args, " ")
	changed := req.Reader
	var err error
	switch what {
	case "":
		return req.Voice().Settings(), nil
	case "news":
		return req.Voice().NewsSettings(), nil
	case "country", "topic", "mute-outlet", "mute-topic", "unmute", "any-language":
		return c.taste(ctx, req, what, value)
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

// taste changes what a reader wants of the news.
func (c settingsCommand) taste(ctx context.Context, req Request, what, value string) (message.Message, error) {
	was := req.Reader.Taste
	switch what {
	case "country":
		req.Reader.Taste = was.WithCountry(value)
	case "topic":
		req.Reader.Taste = was.WithTopic(value)
	case "any-language":
		req.Reader.Taste.AnyLanguage = !was.AnyLanguage
	case "unmute":
		req.Reader.Taste = was.Unmuted()
	default:
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return req.Voice().Gone(), nil //nolint:nilerr // no button of ours has such a number
		}
		s, ok, err := c.stand.Story(ctx, id)
		switch {
		case err != nil:
			return message.Message{}, fmt.Errorf("read story %d: %w", id, err)
		case !ok:
			return req.Voice().Gone(), nil
		case what == "mute-outlet":
			req.Reader.Taste = was.WithoutOutlet(s.Publisher)
		case len(s.Topics) > 0:
			req.Reader.Taste = was.WithoutTopic(s.Topics[0])
		}
	}
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save settings: %w", err)
	}
	if strings.HasPrefix(what, "mute") {
		return req.Voice().Notice("muted_news"), nil
	}
	m := req.Voice().NewsSettings()
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

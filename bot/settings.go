package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/text/language"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
)

// A ReaderStore keeps who is written to.
type ReaderStore interface {
	// Register returns the reader of a chat, and keeps first where the chat is new.
	Register(ctx context.Context, first reader.Reader, now time.Time) (reader.Reader, error)
	// Reader returns the reader of a chat that is registered.
	Reader(ctx context.Context, chat int64) (reader.Reader, bool, error)
	Deactivate(ctx context.Context, chat int64, now time.Time) error
	// MoveChat gives a chat its new id, with all that belongs to it.
	MoveChat(ctx context.Context, from, to int64) error
	SaveReader(ctx context.Context, r reader.Reader, now time.Time) error
	Forget(ctx context.Context, chat int64) error
}

// settingsCommand shows what a reader set, and changes it: button.Setting says what.
type settingsCommand struct {
	readers ReaderStore
	stories StoryStore
}

func (c settingsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	what, value := button.ParseSetting(req.Args)
	changed := req.Reader
	var err error
	switch what {
	case "":
		return req.Voice().Settings(), nil
	case button.ShowNews:
		return req.Voice().NewsSettings(), nil
	case button.SetLanguage:
		changed.Language, err = language.Parse(value)
	case button.SetBase:
		changed.Base, err = rates.ParseCurrency(value)
	case button.SetCurrency:
		var code rates.Currency
		if code, err = rates.ParseCurrency(value); err == nil {
			changed = changed.Toggle(code)
		}
	case button.SetQuiet:
		changed.Quiet, err = quietHours(value, req.Reader.Quiet)
	case button.SetZone:
		changed.Zone, err = reader.ParseZone(value)
	default:
		return c.newsSetting(ctx, req, what, value)
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

// newsSetting changes what a reader wants of the news.
func (c settingsCommand) newsSetting(ctx context.Context, req Request, what button.Setting, value string) (message.Message, error) {
	p := &req.Reader.News
	muted := what == button.MuteOutlet || what == button.MuteTopic
	switch what {
	case button.ToggleCountry:
		*p = p.ToggleCountry(value, news.Countries())
	case button.ToggleTopic:
		*p = p.ToggleTopic(value, news.Topics())
	case button.ToggleLanguages:
		p.AnyLanguage = !p.AnyLanguage
	case button.Unmute:
		*p = p.Unmuted()
	case button.MuteOutlet, button.MuteTopic:
		s, ok, err := c.story(ctx, value)
		if err != nil || !ok {
			return req.Voice().Gone(), err
		}
		if what == button.MuteOutlet {
			*p = p.MuteOutlet(s.Publisher)
		} else if len(s.Topics) > 0 {
			*p = p.MuteTopic(s.Topics[0])
		}
	default:
		return req.Voice().Usage("settings", nil), nil
	}
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save settings: %w", err)
	}
	if muted {
		return req.Voice().Notice("muted_news"), nil
	}
	m := req.Voice().NewsSettings()
	m.Toast = req.Voice().Toast("saved")
	return m, nil
}

// story returns the story whose ID a button bears, and false where there is none.
func (c settingsCommand) story(ctx context.Context, value string) (news.Story, bool, error) {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return news.Story{}, false, nil //nolint:nilerr // no button of ours has such a number
	}
	s, ok, err := c.stories.Story(ctx, id)
	if err != nil {
		return s, false, fmt.Errorf("read story %d: %w", id, err)
	}
	return s, ok, nil
}

// quietHours reads new quiet hours, or changes whether alerts are held back too.
func quietHours(words string, now reader.Quiet) (reader.Quiet, error) {
	if words == button.QuietAlerts {
		now.Alerts = !now.Alerts
		return now, nil
	}
	q, err := reader.ParseQuiet(words)
	q.Alerts = now.Alerts
	return q, err
}

// forgetCommand deletes all that belongs to a chat, once it is asked twice.
type forgetCommand struct{ readers ReaderStore }

func (c forgetCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	if !button.IsForget(req.Args) {
		return req.Voice().ForgetAsk(), nil
	}
	if err := c.readers.Forget(ctx, req.Reader.Chat); err != nil {
		return message.Message{}, fmt.Errorf("forget: %w", err)
	}
	return req.Voice().Forgotten(), nil
}

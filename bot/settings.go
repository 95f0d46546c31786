package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/language"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/news"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/region"
	"habar/digest/trade"
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
}

// settingsCommand shows what a reader set, page by page, and changes it: button.Setting says
// what.
type settingsCommand struct {
	readers       ReaderStore
	stories       StoryStore
	subscriptions SubscriptionStore
}

func (c settingsCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	what, value := button.ParseSetting(req.Args)
	off := req.Reader.SectionsOff
	var err error
	switch what {
	case "", button.SetPage:
		return c.show(ctx, req, button.PageOf(what, value))
	case button.MuteOutlet, button.MuteTopic:
		return c.hide(ctx, req, what, value)
	case button.SetDays:
		err = c.setDays(ctx, req, button.ParseDays(value))
	default:
		if value == "" && what != button.ToggleLanguages && what != button.Unmute { // nothing is named: the page asks for it
			return c.show(ctx, req, button.PageOf(what, value))
		}
		var next reader.Reader
		if next, err = changed(req.Reader, what, value); err == nil {
			req.Reader = next
		}
	}
	switch {
	case errors.Is(err, reader.ErrZone):
		return req.Voice().Usage("settings", err), nil
	case isMisread(err): // whose example would be of something else
		return req.Voice().Usage("", err), nil
	case err != nil:
		return message.Message{}, err
	}
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save settings: %w", err)
	}
	page := button.PageOf(what, value)
	if what == button.ToggleTopic {
		page = message.TopicsPageOf(value)
	}
	m, err := c.show(ctx, req, page)
	m.Toast = req.Voice().Toast("saved")
	if what == button.ToggleSection && len(req.Reader.SectionsOff) == len(off) { // the last one stays
		m.Toast = req.Voice().Toast("last_section")
	}
	return m, err
}

func (c settingsCommand) show(ctx context.Context, req Request, page button.Page) (message.Message, error) {
	all, err := c.subscriptions.Schedules(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("read schedules: %w", err)
	}
	return req.Voice().Settings(page, all), nil
}

// errSetting says that there is no such setting.
var errSetting = errors.New("no such setting")

// isMisread reports whether an error is about what was typed.
func isMisread(err error) bool {
	for _, typed := range []error{errSetting, rates.ErrUnknownCurrency, reader.ErrCurrencies, reader.ErrZone, reader.ErrQuiet, reader.ErrClock, trade.ErrUnknownCountry} {
		if errors.Is(err, typed) {
			return true
		}
	}
	return false
}

// changed returns a reader with a setting changed.
func changed(r reader.Reader, what button.Setting, value string) (_ reader.Reader, err error) {
	switch what {
	case button.SetLanguage:
		r.Language, err = languageNamed(value)
	case button.SetPlace:
		err = settle(&r, value)
	case button.SetZone:
		r.Zone, err = reader.ParseZone(value)
	case button.SetBase, button.SetCurrency, button.SetCurrencies:
		return changedMoney(r, what, value)
	case button.SetQuiet:
		r.Quiet, err = quietHours(value, r.Quiet)
	case button.SetChart:
		switch {
		case value == button.DarkWord:
			r.Charts.Dark = !r.Charts.Dark
		case slices.Contains(button.SpanWords(), value):
			r.Charts.Span = value
		default:
			err = errSetting
		}
	case button.ToggleSection:
		r = r.ToggleSection(value)
	default:
		r.News, err = changedNews(r.News, what, value)
	}
	return r, err
}

// changedMoney returns a reader with other currencies.
func changedMoney(r reader.Reader, what button.Setting, value string) (reader.Reader, error) {
	all, err := phrase.Currencies(value)
	if errors.Is(err, phrase.ErrTooMany) || len(all) > reader.MaxCurrencies {
		return r, reader.ErrCurrencies
	}
	if err != nil {
		return r, fmt.Errorf("%w: %w", rates.ErrUnknownCurrency, err)
	}
	switch what {
	case button.SetBase:
		r.Base = all[0]
	case button.SetCurrency:
		r = r.Toggle(all[0])
	default:
		r.Currencies = nil
		for _, c := range all {
			if !slices.Contains(r.Currencies, c) && len(r.Currencies) < reader.MaxCurrencies {
				r.Currencies = append(r.Currencies, c)
			}
		}
	}
	return r, nil
}

// changedNews returns preferences with one of them changed.
func changedNews(p reader.NewsPreferences, what button.Setting, value string) (reader.NewsPreferences, error) {
	at, _ := strconv.Atoi(value)
	switch what { //nolint:exhaustive // the others are changed's and its callers'
	case button.ToggleCountry:
		return p.ToggleCountry(value, news.Countries()), nil
	case button.ToggleTopic:
		return p.ToggleTopic(value, news.Topics()), nil
	case button.ToggleLanguages:
		p.AnyLanguage = !p.AnyLanguage
		return p, nil
	case button.Unmute:
		return p.Unmuted(), nil
	case button.ShowOutlet:
		return p.ShowOutlet(at), nil
	case button.ShowTopic:
		return p.ShowTopic(at), nil
	}
	return p, errSetting
}

// settle has a reader live in a country of the region: its clock, its currency first.
func settle(r *reader.Reader, country string) error {
	home, ok := region.Find(country)
	if !ok {
		return trade.ErrUnknownCountry
	}
	zone, err := reader.ParseZone(home.Zone)
	if err != nil {
		return err
	}
	r.Zone = zone
	if i := slices.Index(r.Currencies, rates.Currency(home.Currency)); i > 0 {
		r.Currencies = slices.Insert(slices.Delete(slices.Clone(r.Currencies), i, i+1), 0, rates.Currency(home.Currency))
	}
	return nil
}

// languageNamed reads a language by its code, "uz", or by what it calls itself.
func languageNamed(value string) (language.Tag, error) {
	tag, err := language.Parse(value)
	if code, named := message.LanguageCalled(value); named {
		return code, nil
	}
	if err != nil {
		return tag, fmt.Errorf("%w: %w", errSetting, err)
	}
	return tag, nil
}

// setDays has all digests of a chat come on other days.
func (c settingsCommand) setDays(ctx context.Context, req Request, days reader.Weekdays) error {
	all, err := c.subscriptions.Schedules(ctx, req.Reader.Chat)
	if err != nil || len(all) == 0 {
		return err
	}
	for i := range all {
		all[i].Days = days
	}
	if _, err := c.subscriptions.Unsubscribe(ctx, req.Reader.Chat); err != nil {
		return fmt.Errorf("change days of digests: %w", err)
	}
	if err := c.subscriptions.Subscribe(ctx, req.Reader.Chat, req.Now, all...); err != nil {
		return fmt.Errorf("change days of digests: %w", err)
	}
	return nil
}

// hide hides the outlet or the topic of a story.
func (c settingsCommand) hide(ctx context.Context, req Request, what button.Setting, value string) (message.Message, error) {
	s, ok, err := c.story(ctx, value)
	if err != nil || !ok {
		return req.Voice().Gone(), err
	}
	p := &req.Reader.News
	switch {
	case what == button.MuteOutlet:
		*p = p.MuteOutlet(s.Publisher)
	case len(s.Topics) > 0:
		*p = p.MuteTopic(s.Topics[0])
	}
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save settings: %w", err)
	}
	return req.Voice().Notice("muted_news"), nil
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

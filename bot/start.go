package bot

import (
	"context"
	"fmt"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/reader"
)

// startCommand greets, and in a private chat that has no digest yet leads in two presses to
// one: the country, or the city of who lives elsewhere, then the hour. Each step can be passed over.
type startCommand struct {
	readers       ReaderStore
	subscriptions SubscriptionStore
}

func (c startCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	if req.Reader.Chat < 0 { // a group's settings are for its administrators: /settings, /subscribe
		return req.Voice().Start(), nil
	}
	ask := button.ParseStartStep(req.Args)
	switch {
	case ask.Country != "":
		return c.country(ctx, req, ask.Country)
	case ask.Zone != "":
		return c.zone(ctx, req, ask.Zone)
	case ask.Step == button.AskCity:
		return req.Voice().AskCity(), nil
	case ask.Hour != "":
		return c.hour(ctx, req, ask.Hour)
	case ask.Step == button.AskHour:
		return req.Voice().AskHour(), nil
	case ask.Step == button.Finished:
		return req.Voice().Ready(nil), nil
	}
	all, err := c.subscriptions.Schedules(ctx, req.Reader.Chat)
	switch {
	case err != nil:
		return message.Message{}, fmt.Errorf("read schedules: %w", err)
	case len(all) > 0:
		return req.Voice().Start(), nil
	case ask.Language != "":
		return c.language(ctx, req, ask.Language)
	case ask.Step == button.AskLanguage:
		return req.Voice().AskLanguage(), nil
	}
	return req.Voice().AskCountry(), nil
}

func (c startCommand) language(ctx context.Context, req Request, name string) (message.Message, error) {
	tag, err := languageNamed(name)
	if err != nil {
		return req.Voice().AskLanguage(), nil //nolint:nilerr // no button of ours has such a name
	}
	req.Reader.Language = tag
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save language: %w", err)
	}
	return req.Voice().AskCountry(), nil
}

// country sets where the reader lives, and with that its clock, first currency and news.
func (c startCommand) country(ctx context.Context, req Request, code string) (message.Message, error) {
	if err := settle(&req.Reader, code); err != nil {
		return req.Voice().AskCountry(), nil //nolint:nilerr // no button of ours has such a code
	}
	req.Reader.News.Countries = []string{code}
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save country: %w", err)
	}
	return req.Voice().AskHour(), nil
}

func (c startCommand) zone(ctx context.Context, req Request, name string) (message.Message, error) {
	zone, err := reader.ParseZone(name)
	if err != nil {
		return req.Voice().AskCity(), nil //nolint:nilerr // no button of ours has such a name
	}
	req.Reader.Zone = zone
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return message.Message{}, fmt.Errorf("save zone: %w", err)
	}
	return req.Voice().AskHour(), nil
}

func (c startCommand) hour(ctx context.Context, req Request, words string) (message.Message, error) {
	all, err := reader.ParseSchedule(words, req.Reader.Zone)
	if err != nil {
		return req.Voice().Usage("subscribe", err), nil
	}
	if err := c.subscriptions.Subscribe(ctx, req.Reader.Chat, req.Now, all...); err != nil {
		return message.Message{}, fmt.Errorf("subscribe: %w", err)
	}
	return req.Voice().Ready(all), nil
}

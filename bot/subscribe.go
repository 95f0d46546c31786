package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/reader"
)

// A SubscriptionStore keeps when a chat gets its digests.
type SubscriptionStore interface {
	Subscribe(ctx context.Context, chat int64, now time.Time, all ...reader.Schedule) error
	Unsubscribe(ctx context.Context, chat int64) (ended int64, err error)
	Schedules(ctx context.Context, chat int64) ([]reader.Schedule, error)
}

// subscribeCommand adds a daily digest, or shows the present ones. "zone
// Asia/Bishkek" moves them all to another clock.
type subscribeCommand struct {
	readers       ReaderStore
	subscriptions SubscriptionStore
}

func (c subscribeCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	what, value := button.ParseSetting(req.Args)
	var err error
	switch {
	case what == button.SetZone:
		var zone *time.Location
		if zone, err = reader.ParseZone(value); err == nil {
			err = c.move(ctx, &req, zone)
		}
	case req.Args != "":
		err = c.subscribe(ctx, &req)
	}
	switch {
	case errors.Is(err, reader.ErrTooMany):
		return req.Voice().Usage("", err), nil
	case errors.Is(err, reader.ErrZone), errors.Is(err, reader.ErrClock), errors.Is(err, reader.ErrNoClock), errors.Is(err, reader.ErrScheduleWord):
		return req.Voice().Usage("subscribe", err), nil
	case err != nil:
		return message.Message{}, err
	}
	all, err := c.subscriptions.Schedules(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("read schedules: %w", err)
	}
	return req.Voice().Subscribed(all), nil
}

func (c subscribeCommand) subscribe(ctx context.Context, req *Request) error {
	all, err := reader.ParseSchedule(req.Args, req.Reader.Zone)
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Thread = req.Thread
	}
	if err := c.subscriptions.Subscribe(ctx, req.Reader.Chat, req.Now, all...); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return c.move(ctx, req, all[0].Zone) // who names a zone tells where it lives
}

// move gives the reader, and with it its digests, another clock.
func (c subscribeCommand) move(ctx context.Context, req *Request, zone *time.Location) error {
	if zone.String() == req.Reader.Zone.String() {
		return nil
	}
	req.Reader.Zone = zone
	if err := c.readers.SaveReader(ctx, req.Reader, req.Now); err != nil {
		return fmt.Errorf("save zone: %w", err)
	}
	return nil
}

// unsubscribeCommand ends all digests of a chat.
type unsubscribeCommand struct{ subscriptions SubscriptionStore }

func (c unsubscribeCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ended, err := c.subscriptions.Unsubscribe(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("unsubscribe: %w", err)
	}
	return req.Voice().Unsubscribed(ended > 0), nil
}

// Package updates brings what readers say: it polls Telegram for updates and hands
// each to a handler, in order within a chat and side by side across chats. An update
// is confirmed to Telegram only once it was handled, so that a crash loses none.
package updates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/bot/redact"
	"habar/digest/clock"
)

// A Poller asks one bot's Bot API for updates.
type Poller struct {
	URL        string // of the bot at its Bot API server, token included: never shown
	Client     *http.Client
	Dispatcher *Dispatcher
	Log        *slog.Logger
	Redact     redact.Redactor // hides the token in errors

	active sync.WaitGroup
}

const (
	pollTime    = 25 * time.Second // that Telegram holds a poll open when nothing comes
	batch       = 100
	drainTime   = 10 * time.Second // that begun updates have when shutting down
	maxAnswer   = 32 << 20
	firstRetry  = time.Second
	lastRetry   = 30 * time.Second
	handledTick = 100 * time.Millisecond
)

// Run polls until ctx is done, then gives the updates that were begun ten seconds to
// finish. What was not begun comes again after the next start.
func (p *Poller) Run(ctx context.Context) error {
	p.Dispatcher.init()
	work := context.WithoutCancel(ctx)
	wait := firstRetry
	for ctx.Err() == nil {
		got, err := p.fetch(ctx, p.Dispatcher.inflight.offset())
		if err != nil {
			if errors.Is(err, errConflict) {
				wait = lastRetry // the other one polls as well: no use to fight for it
			}
			if ctx.Err() == nil {
				p.Log.WarnContext(ctx, "getUpdates failed", "err", err, "next_try", wait.String())
				_ = clock.Wait(ctx, wait) // the loop looks whether it is over
				wait = min(2*wait, lastRetry)
			}
			continue
		}
		wait = firstRetry
		fresh := 0
		for _, u := range got {
			if run, isNew := p.Dispatcher.accept(work, u); isNew {
				fresh++
				p.active.Go(run)
			}
		}
		if len(got) > 0 && fresh == 0 {
			_ = clock.Wait(ctx, handledTick) // all of it is being processed: asking again would spin
		}
	}
	return p.finish(work)
}

func (p *Poller) finish(ctx context.Context) error {
	finished := make(chan struct{})
	go func() {
		p.active.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-time.After(drainTime):
		return errors.New("some updates were not handled within " + drainTime.String() + " of shutting down; they come again")
	}
	// Confirm what was handled, or it would come again after the next start.
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, _ = p.ask(ctx, p.Dispatcher.inflight.offset(), 0) // best effort: it would be redelivered
	return nil
}

func (p *Poller) fetch(ctx context.Context, offset int64) ([]*models.Update, error) {
	ctx, cancel := context.WithTimeout(ctx, pollTime+15*time.Second)
	defer cancel()
	return p.ask(ctx, offset, pollTime)
}

func (p *Poller) ask(ctx context.Context, offset int64, hold time.Duration) ([]*models.Update, error) {
	body, err := json.Marshal(map[string]any{
		"offset": offset, "limit": batch, "timeout": int(hold.Seconds()),
		"allowed_updates": AllowedUpdates(),
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/getUpdates", bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the Bot API's address is not a URL")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.Client.Do(req)
	if err != nil {
		return nil, p.Redact.Error(err)
	}
	defer resp.Body.Close()
	var answer struct {
		OK          bool             `json:"ok"`
		Result      []*models.Update `json:"result"`
		ErrorCode   int              `json:"error_code"`
		Description string           `json:"description"`
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, p.Redact.Error(err)
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("answered %s and no JSON", resp.Status)
	}
	switch {
	case answer.ErrorCode == http.StatusConflict:
		return nil, errConflict
	case !answer.OK:
		return nil, p.Redact.Error(fmt.Errorf("answered %d: %s", answer.ErrorCode, answer.Description))
	}
	return answer.Result, nil
}

var errConflict = errors.New("another program polls with this token: stop it, or this one")

// AllowedUpdates are the kinds of updates that habar answers.
func AllowedUpdates() []string {
	return []string{"message", "channel_post", "callback_query", "inline_query", "my_chat_member"}
}

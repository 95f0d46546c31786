// Package updates brings what readers say: it takes updates from Telegram, by polling or
// by webhook, keeps them in an inbox and hands each to a handler. What is kept is
// confirmed at once, so that a crash loses none and no chat holds up another.
package updates

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"habar/bot/redact"
	"habar/digest/clock"
	"habar/digest/delivery"
)

// A Poller asks one bot's Bot API for updates.
type Poller struct {
	URL    string // of the bot at its Bot API server, token included: never shown
	Client *http.Client
	Accept func(ctx context.Context, all ...delivery.Update) error // of a Dispatcher
	Log    *slog.Logger
	Redact redact.Redactor // hides the token in errors
	Beat   func()          // says that the loop moves; optional
	// Ends reports whether the program itself ends when polling does; nil: it always does. Else
	// another replica polls on, and is not to be disturbed.
	Ends func() bool
	// Conflict is how long to wait where another one polls; 0: as long as between tries at most.
	Conflict time.Duration
}

const (
	pollTime    = 25 * time.Second // that Telegram holds a poll open when nothing comes
	batch       = 100
	drainTime   = 4 * time.Second // that begun updates have when shutting down
	maxAnswer   = 32 << 20
	firstRetry  = time.Second
	lastRetry   = 30 * time.Second
	unkeptRetry = 2 * time.Second
)

// Run polls until ctx is done. What it could not hand on comes again.
func (p *Poller) Run(ctx context.Context) error {
	offset := int64(0) // asking from there confirms all before it
	wait := firstRetry
	failures, same, last := 0, 0, "" // since it last worked; of the same kind in a row; which
	for ctx.Err() == nil {
		if p.Beat != nil {
			p.Beat()
		}
		next, err := p.round(ctx, offset)
		offset = max(offset, next)
		if err == nil {
			if failures > 1 {
				p.Log.InfoContext(ctx, "getUpdates works again", "failures", failures)
			}
			wait, failures, last = firstRetry, 0, ""
			continue
		}
		failures, same = failures+1, same+1
		if said := err.Error(); said != last {
			same, last = 1, said
		}
		if slower, ok := errors.AsType[*slowerError](err); ok {
			wait = max(wait, slower.wait)
		}
		if errors.Is(err, ErrUnkept) {
			wait = min(wait, unkeptRetry) // who asks meanwhile is answered as far as that goes
		}
		if errors.Is(err, errConflict) {
			wait = cmp.Or(p.Conflict, lastRetry) // the other one polls as well: no use to fight for it
		}
		if ctx.Err() == nil {
			if powerOfTen(same) {
				p.Log.WarnContext(ctx, "getUpdates failed", "err", err, "count", same, "next_try", wait.String())
			}
			_ = clock.Wait(ctx, wait) // the loop looks whether it is over
			wait = min(2*wait, lastRetry)
		}
	}
	if offset > 0 && (p.Ends == nil || p.Ends()) { // or what is kept would come again after the next start
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, _ = p.ask(ctx, offset, 0) // best effort: what comes twice is known
	}
	return nil
}

// round polls once and hands on what came. It returns the offset to ask from next.
func (p *Poller) round(ctx context.Context, offset int64) (next int64, err error) {
	polling, cancel := context.WithTimeout(ctx, pollTime+15*time.Second)
	defer cancel()
	got, err := p.ask(polling, offset, pollTime)
	if err != nil || len(got) == 0 {
		return offset, err
	}
	var all []delivery.Update
	for _, body := range got {
		raw, err := identify(body)
		if err != nil {
			p.Log.WarnContext(ctx, "update passed over", "err", err)
			continue
		}
		all = append(all, raw)
		next = max(next, raw.ID+1)
	}
	if len(all) == 0 {
		return offset, errNoID
	}
	if err := p.Accept(context.WithoutCancel(ctx), all...); err != nil {
		return offset, err
	}
	return next, nil
}

func (p *Poller) ask(ctx context.Context, offset int64, hold time.Duration) ([]json.RawMessage, error) {
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
		OK          bool              `json:"ok"`
		Result      []json.RawMessage `json:"result"`
		ErrorCode   int               `json:"error_code"`
		Description string            `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
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
	case answer.ErrorCode == http.StatusTooManyRequests:
		return nil, &slowerError{time.Duration(min(max(answer.Parameters.RetryAfter, 1), maxPatience)) * time.Second}
	case !answer.OK:
		return nil, p.Redact.Error(fmt.Errorf("answered %d: %s", answer.ErrorCode, answer.Description))
	}
	return answer.Result, nil
}

// maxPatience bounds in seconds how long a 429 is believed, so that a wrong one makes no
// bot deaf for a day.
const maxPatience = 600

// A slowerError says that Telegram wants to be asked again after a while.
type slowerError struct{ wait time.Duration }

func (e *slowerError) Error() string { return "told to ask again after " + e.wait.String() }

var errConflict = errors.New("another program polls with this token: stop it, or this one")

// AllowedUpdates are the kinds of updates that habar answers.
func AllowedUpdates() []string {
	return []string{"message", "edited_message", "channel_post", "callback_query", "inline_query", "my_chat_member", "guest_message"}
}

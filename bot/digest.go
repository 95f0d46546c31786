package bot

import (
	"context"
	"time"

	"habar/bot/message"
	"habar/digest"
)

// digestCommand answers /digest with the reader's digest of this moment.
type digestCommand struct{ lib digest.Library }

func (c digestCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	e, err := digest.Compose(ctx, c.lib, req.Reader, req.Now, req.Now.Add(time.Minute)) // what was seen in this minute too
	if err != nil {
		return message.Message{}, err
	}
	return req.Voice().Edition(e), nil
}

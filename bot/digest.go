package bot

import (
	"context"
	"time"

	"habar/bot/message"
	"habar/digest"
)

// digestCommand answers /digest with the reader's digest of this moment.
type digestCommand struct{ store digest.Store }

func (c digestCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	d, err := digest.Compose(ctx, c.store, req.Reader, req.Now, req.Now.Add(time.Minute)) // what was seen in this minute too
	if err != nil {
		return message.Message{}, err
	}
	return req.Voice().Digest(d), nil
}

package bot

import (
	"context"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/reader"
)

// editionsKept is how many rendered digests are kept: more than there are mixes of
// language, zone and currencies among the readers of one minute.
const editionsKept = 512

// A press prints each digest once for all readers who get the same.
type press struct {
	rendered *lru.Cache[string, message.Message]
	running  singleflight.Group
}

func newPress() *press {
	cache, err := lru.New[string, message.Message](editionsKept)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &press{rendered: cache}
}

// edition returns the digest of a reader at this minute. Readers who share language,
// zone and currencies share it.
func (b *Bot) edition(ctx context.Context, r reader.Reader) (message.Message, error) {
	now := b.Now()
	key := fmt.Sprint(r.Language, r.Zone, r.Base, r.Own(), now.Truncate(time.Minute).Unix())
	if m, ok := b.press.rendered.Get(key); ok {
		return m, nil
	}
	made, err, _ := b.press.running.Do(key, func() (any, error) {
		e, err := digest.Compose(ctx, b.Archive, r, now)
		if err != nil {
			return nil, fmt.Errorf("compose digest: %w", err)
		}
		m := message.To(r, now).Edition(e)
		b.press.rendered.Add(key, m)
		return m, nil
	})
	if err != nil {
		return message.Message{}, err
	}
	m, _ := made.(message.Message)
	return m, nil
}

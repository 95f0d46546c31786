package bot

import (
	"context"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/rates"
	"habar/digest/reader"
)

// editionsKept is how many rendered digests are kept: more than there are mixes of
// language, zone and currencies among the readers of one minute.
const editionsKept = 512

// coursesKept is how many courses of rates are kept for the small charts of alerts.
const coursesKept = 128

// A press prints each digest once for all readers who get the same, and reads the
// course of a rate once for all whose alerts it fired.
type press struct {
	rendered *lru.Cache[string, message.Message]
	courses  *lru.Cache[string, digest.Course]
	running  singleflight.Group
}

func newPress() *press {
	cache, err := lru.New[string, message.Message](editionsKept)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	courses, err := lru.New[string, digest.Course](coursesKept)
	if err != nil {
		panic(err) // likewise
	}
	return &press{rendered: cache, courses: courses}
}

// courseDays is how far back the small chart of an alert goes.
const courseDays = 30

// course returns how a pair's rate went over the last month, as of this minute.
func (p *press) course(ctx context.Context, h digest.History, pair rates.Pair, now time.Time) (digest.Course, error) {
	key := fmt.Sprint(pair, now.Truncate(time.Minute).Unix())
	if c, ok := p.courses.Get(key); ok {
		return c, nil
	}
	c, _, err := digest.CourseOf(ctx, h, pair, courseDays, now)
	if err != nil {
		return c, fmt.Errorf("course of %s: %w", pair, err)
	}
	p.courses.Add(key, c)
	return c, nil
}

// edition returns the digest of a reader that was due at a moment. Readers who share
// language, zone, currencies and taste share it.
func (b *Bot) edition(ctx context.Context, r reader.Reader, due time.Time) (message.Message, error) {
	now := b.Now()
	key := fmt.Sprint(r.Language, r.Zone, r.Base, r.Own(), r.Taste, due.Truncate(time.Minute).Unix(), now.Truncate(time.Minute).Unix())
	if m, ok := b.press.rendered.Get(key); ok {
		return m, nil
	}
	made, err, _ := b.press.running.Do(key, func() (any, error) {
		e, err := digest.Compose(ctx, b.Archive, r, now, due)
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

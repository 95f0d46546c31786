package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/singleflight"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/cache"
	"habar/digest/rates"
	"habar/digest/reader"
)

const (
	// maxRendered is how many rendered digests are kept: more than there are mixes of
	// language, zone and currencies among the readers of one minute.
	maxRendered = 512
	// maxCourses is how many courses of rates are kept for the small charts of alerts.
	maxCourses = 128
)

// A renderCache renders each digest once for all readers who get the same, and reads the
// course of a rate once for all whose alerts it fired.
type renderCache struct {
	digests *cache.LRU[string, message.Message]
	courses *cache.LRU[string, rates.Course]
	running singleflight.Group
}

func newRenderCache() *renderCache {
	return &renderCache{digests: cache.New[string, message.Message](maxRendered), courses: cache.New[string, rates.Course](maxCourses)}
}

// courseDays is how far back the small chart of an alert goes.
const courseDays = 30

// course returns how a pair's rate went over the last month, as of this minute.
func (c *renderCache) course(ctx context.Context, h rates.History, pair rates.Pair, now time.Time) (rates.Course, error) {
	key := fmt.Sprint(pair, now.Truncate(time.Minute).Unix())
	if course, ok := c.courses.Get(key); ok {
		return course, nil
	}
	course, _, err := rates.CourseOf(ctx, h, pair, courseDays, now)
	if err != nil {
		return course, fmt.Errorf("course of %s: %w", pair, err)
	}
	c.courses.Add(key, course)
	return course, nil
}

// digestKey is the same for readers whose digests are the same. It is made for each
// delivery, so without reflection.
func digestKey(r reader.Reader, now, due time.Time) string {
	b := make([]byte, 0, 128)
	b = append(b, r.Language.String()...)
	b = append(append(b, '|'), r.Zone.String()...)
	b = append(append(b, '|'), r.Base...)
	for _, c := range r.Own() {
		b = append(append(b, ' '), c...)
	}
	for _, list := range [][]string{r.News.Countries, r.News.Topics, r.News.MutedTopics, r.News.MutedOutlets} {
		b = append(b, '|')
		for _, word := range list {
			b = append(append(b, word...), 0)
		}
	}
	b = append(strconv.AppendBool(append(b, '|'), r.News.AnyLanguage), '|')
	b = append(strconv.AppendInt(b, due.Truncate(time.Minute).Unix(), 10), '|')
	return string(strconv.AppendInt(b, now.Truncate(time.Minute).Unix(), 10))
}

// digest returns the digest of a reader that was due at a moment. Readers who share
// language, zone, currencies and preferences share it.
func (c *renderCache) digest(ctx context.Context, store digest.Store, r reader.Reader, now, due time.Time) (message.Message, error) {
	key := digestKey(r, now, due)
	if m, ok := c.digests.Get(key); ok {
		return m, nil
	}
	made, err, _ := c.running.Do(key, func() (any, error) {
		d, err := digest.Compose(ctx, store, r, now, due)
		if err != nil {
			return nil, fmt.Errorf("compose digest: %w", err)
		}
		m := message.To(r, now).Digest(d)
		c.digests.Add(key, m)
		return m, nil
	})
	if err != nil {
		return message.Message{}, err
	}
	m, _ := made.(message.Message)
	return m, nil
}

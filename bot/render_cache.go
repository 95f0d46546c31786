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

// A renderCache renders each board and each digest once for all readers who get the same, and
// reads the course of a rate once for all whose alerts it fired.
type renderCache struct {
	boards  *cache.LRU[string, message.Message]
	digests *cache.LRU[string, message.Message]
	courses *cache.LRU[string, rates.Course]
	running singleflight.Group
}

func newRenderCache() *renderCache {
	return &renderCache{boards: cache.New[string, message.Message](maxRendered), digests: cache.New[string, message.Message](maxRendered), courses: cache.New[string, rates.Course](maxCourses)}
}

// courseDays is how far back the small chart of an alert goes.
const courseDays = 30

// course returns how a pair's rate went over the last month, as of this minute.
func (c *renderCache) course(ctx context.Context, h rates.History, pair rates.Pair, now time.Time) (rates.Course, error) {
	return once(c.courses, &c.running, fmt.Sprint(pair, now.Truncate(time.Minute).Unix()), func() (rates.Course, error) {
		course, _, err := rates.CourseOf(ctx, h, pair, courseDays, now)
		if err != nil {
			return course, fmt.Errorf("course of %s: %w", pair, err)
		}
		return course, nil
	})
}

// board returns the board of some pairs in a reader's language. It is rendered again in a new
// minute and whenever a figure changed.
func (c *renderCache) board(ctx context.Context, store RateStore, r reader.Reader, pairs []rates.Pair, now time.Time) (message.Message, error) {
	changes, err := store.RateChanges(ctx)
	if err != nil {
		return message.Message{}, err
	}
	b := append(strconv.AppendInt(make([]byte, 0, 128), changes, 10), '|')
	b = append(append(b, r.Language.String()...), '|')
	b = append(append(b, r.Zone.String()...), '|')
	b = strconv.AppendInt(b, now.Truncate(time.Minute).Unix(), 10)
	for _, p := range pairs {
		b = append(append(append(append(b, ' '), p.Base...), '/'), p.Quote...)
	}
	return once(c.boards, &c.running, string(b), func() (message.Message, error) {
		listings, err := rates.List(ctx, store, pairs...)
		if err != nil {
			return message.Message{}, err
		}
		return message.To(r, now).Board(listings, rates.Majors()), nil
	})
}

// once returns what is kept under a key, or makes and keeps it: once, whoever asks meanwhile.
func once[V any](kept *cache.LRU[string, V], running *singleflight.Group, key string, render func() (V, error)) (V, error) {
	if v, ok := kept.Get(key); ok {
		return v, nil
	}
	made, err, _ := running.Do(key, func() (any, error) {
		v, err := render()
		if err == nil {
			kept.Add(key, v)
		}
		return v, err
	})
	v, _ := made.(V)
	return v, err
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
	for _, list := range [][]string{r.News.Countries, r.News.Topics, r.News.MutedTopics, r.News.MutedOutlets, r.News.Addresses()} {
		b = append(b, '|')
		for _, word := range list {
			b = append(append(b, word...), 0)
		}
	}
	for _, section := range r.SectionsOff {
		b = append(append(b, section...), 0)
	}
	b = append(strconv.AppendBool(append(b, '|'), r.News.AnyLanguage), '|')
	b = append(strconv.AppendInt(b, due.Truncate(time.Minute).Unix(), 10), '|')
	return string(strconv.AppendInt(b, now.Truncate(time.Minute).Unix(), 10))
}

// digest returns the digest of a reader that was due at a moment. Readers who share
// language, zone, currencies and preferences share it.
func (c *renderCache) digest(ctx context.Context, store digest.Store, r reader.Reader, now, due time.Time) (message.Message, error) {
	return once(c.digests, &c.running, digestKey(r, now, due), func() (message.Message, error) {
		d, err := digest.Compose(ctx, store, r, now, due)
		if err != nil {
			return message.Message{}, fmt.Errorf("compose digest: %w", err)
		}
		return message.To(r, now).Digest(d), nil
	})
}

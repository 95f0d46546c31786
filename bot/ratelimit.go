package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"habar/digest/cache"
)

// A person may ask this much at once, and this often in the long run: twenty commands
// in ten seconds. Who asks more is answered slowly, and told so once.
const (
	askBurst  = 20
	askRate   = rate.Limit(2)
	maxAskers = 10000 // people whose rate is remembered
)

// A rateLimiter knows how much each person has asked lately.
type rateLimiter struct {
	mu     sync.Mutex
	people *cache.LRU[int64, *bucket]
}

type bucket struct {
	limiter *rate.Limiter
	told    bool // that answers come slowly, this time
}

func newRateLimiter() *rateLimiter {
	return &rateLimiter{people: cache.New[int64, *bucket](maxAskers)}
}

// reserve counts one question of a person. It returns how long the answer has to wait, and
// whether the person is to be told of it.
func (l *rateLimiter) reserve(person int64, now time.Time) (wait time.Duration, tell bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.people.Get(person)
	if !known {
		b = &bucket{limiter: rate.NewLimiter(askRate, askBurst)}
		l.people.Add(person, b)
	}
	wait = b.limiter.ReserveN(now, 1).DelayFrom(now)
	switch {
	case wait > 0 && !b.told:
		b.told = true
		return wait, true
	case wait == 0 && b.limiter.TokensAt(now) > askBurst/2: // the rush is over
		b.told = false
	}
	return wait, false
}

package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"habar/digest/cache"
)

// A person may ask this much at once, and this often a second in the long run, unless the operator
// says otherwise. Inline queries come with every letter that is typed.
const (
	DefaultAskBurst = 20
	DefaultAskRate  = 2

	inlineBurst = 40
	inlineRate  = rate.Limit(5)
	maxAskers   = 10000 // people whose rate is remembered
)

// A rateLimiter knows how much each person has asked lately.
type rateLimiter struct {
	each   rate.Limit
	burst  int
	mu     sync.Mutex
	people *cache.LRU[int64, *bucket]
}

type bucket struct {
	limiter *rate.Limiter
	told    bool // that it asks too fast, in this rush
}

func newRateLimiter(each rate.Limit, burst int) *rateLimiter {
	return &rateLimiter{each: each, burst: burst, people: cache.New[int64, *bucket](maxAskers)}
}

// allow counts one question of a person. It returns whether it may be answered, and if not,
// whether the person is to be told, which is once a rush.
func (l *rateLimiter) allow(person int64, now time.Time) (ok, tell bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.people.Get(person)
	if !known {
		b = &bucket{limiter: rate.NewLimiter(l.each, l.burst)}
		l.people.Add(person, b)
	}
	if !b.limiter.AllowN(now, 1) {
		tell, b.told = !b.told, true
		return false, tell
	}
	if b.limiter.TokensAt(now) > float64(l.burst)/2 { // the rush is over
		b.told = false
	}
	return true, false
}

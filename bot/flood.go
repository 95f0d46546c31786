package bot

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// A person may ask this much at once, and this often in the long run: twenty commands
// in ten seconds. Who asks more is answered slowly, and told so once.
const (
	floodBurst = 20
	floodRate  = rate.Limit(2)
	asking     = 10000 // people whose pace is remembered
)

// flood knows how much each person has asked lately.
type flood struct {
	mu     sync.Mutex
	people *lru.Cache[int64, *asker]
}

type asker struct {
	pace *rate.Limiter
	told bool // that it is answered slowly, this time
}

func newFlood() *flood {
	people, err := lru.New[int64, *asker](asking)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &flood{people: people}
}

// ask counts one question of a person. It returns how long the answer has to wait, and
// whether the person is to be told of it.
func (f *flood) ask(person int64, now time.Time) (wait time.Duration, tell bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, known := f.people.Get(person)
	if !known {
		a = &asker{pace: rate.NewLimiter(floodRate, floodBurst)}
		f.people.Add(person, a)
	}
	wait = a.pace.ReserveN(now, 1).DelayFrom(now)
	switch {
	case wait > 0 && !a.told:
		a.told = true
		return wait, true
	case wait == 0 && a.pace.TokensAt(now) > floodBurst/2: // it has calmed down
		a.told = false
	}
	return wait, false
}

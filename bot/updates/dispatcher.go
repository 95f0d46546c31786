package updates

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/digest/delivery"
	"habar/digest/metric"
)

// An Inbox keeps updates from when they came until they are handled, across restarts.
type Inbox interface {
	// KeepUpdates keeps updates, all or none, and returns the ids of those that it has never
	// had before.
	KeepUpdates(ctx context.Context, now time.Time, all ...delivery.Update) (fresh []int64, err error)
	// WaitingUpdates returns what is kept and not done, by id from the one after, n at most.
	WaitingUpdates(ctx context.Context, after int64, n int) ([]delivery.Update, error)
	// UpdatesDone forgets updates that were handled, but for their ids.
	UpdatesDone(ctx context.Context, now time.Time, ids ...int64) error
}

// Replicas are the processes that share an inbox: each handles what it has in hand, and takes what
// one that is gone had.
type Replicas interface {
	// Sure reports whether the others surely take this process for alive.
	Sure() bool
	// Settled reports whether every process that is alive has said so by now.
	Settled() bool
	// BeginUpdate reports whether an update is still in this process's hand, and whether nothing
	// older of its chat is in another's.
	BeginUpdate(ctx context.Context, id, lane int64) (mine, first bool, err error)
	// RenewUpdates says that updates still are.
	RenewUpdates(ctx context.Context, ids ...int64) error
}

// A Dispatcher handles updates: in order within a chat, side by side and in turns across
// chats, each once, however they came. What it has accepted is kept, so that it can be
// confirmed to Telegram at once and a crash loses none. Nobody can fill it up for others:
// of what waits for one chat there is a most, and what is over it is refused.
type Dispatcher struct {
	// Handle handles an update, or says when to go on with it.
	Handle func(ctx context.Context, u *models.Update) *Later
	// Allow reports whether who sent an update may ask so much, and if not, whether that is
	// to be told; optional.
	Allow func(u *models.Update) (ok, tell bool)
	// Refuse tells who asks too fast, once a rush; optional.
	Refuse func(ctx context.Context, u *models.Update) *Later
	Inbox  Inbox
	// Replicas are asked where there may be others; optional.
	Replicas Replicas
	// MaxWaiting is how many updates of one chat may wait; 0: DefaultMaxWaiting.
	MaxWaiting int
	// CannotKeep reports whether an error of the inbox means that nothing can be kept at present;
	// optional. What comes meanwhile is handled at once and once, and not confirmed: it comes
	// again and is kept as handled then.
	CannotKeep func(error) bool
	Log        *slog.Logger
	Metrics    metric.Observer // optional
	Now        func() time.Time

	accepting sync.Mutex     // one at a time: what comes first stands first
	loaded    bool           // what an earlier run left is in the lanes
	unkept    map[int64]bool // updates that were handled and could not be kept

	mu      sync.Mutex
	idle    *sync.Cond      // signalled when a lane gets ready, or all is over
	lanes   map[int64]*lane // those that something waits in or that one works on
	ready   []*lane         // first come, first served; each gives one update a turn
	waiting int             // in all lanes
	over    bool
	passed  map[string]int // updates that were passed over, by reason
	inHand  map[int64]bool // updates that are kept and not done; where there are replicas
}

// Later is what is left to do for an update, and after which time. Until then its chat
// waits, and no handler with it.
type Later struct {
	Wait time.Duration
	Do   func(ctx context.Context) *Later
}

// A lane is what waits for one chat, in order.
type lane struct {
	key     int64
	queue   []task
	refused bool // who asks too fast was told, in this rush
}

// A task is an update to handle, or one to refuse, or what is left of either.
type task struct {
	update *models.Update
	refuse bool
	unkept bool // it is not in the inbox
	rest   func(ctx context.Context) *Later
}

// DefaultMaxWaiting is how many updates of one chat may wait.
const DefaultMaxWaiting = 30

const (
	handlers      = 64     // that work at the same time
	maxAllWaiting = 20_000 // updates of all chats, some 20 MiB
	loadBatch     = 500    // updates read at a time from the inbox at the start
	doneBatch     = 100    // ids that are forgotten at a time
	doneAfter     = 20 * time.Millisecond
)

// ErrFull says that so much waits that no more can be taken: Telegram keeps it.
var ErrFull = errors.New("too many updates wait")

func (d *Dispatcher) init() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lanes == nil {
		d.lanes, d.passed, d.idle, d.inHand = map[int64]*lane{}, map[string]int{}, sync.NewCond(&d.mu), map[int64]bool{}
	}
}

// Run handles what an earlier run left and what is accepted, until ctx is done. It then
// gives what is being handled ten seconds; what only waits is handled by the next run.
func (d *Dispatcher) Run(ctx context.Context) error {
	d.init()
	d.accepting.Lock()
	err := d.load(ctx)
	d.accepting.Unlock()
	if err != nil {
		return err
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	done := make(chan int64, doneBatch)
	var workers, settler sync.WaitGroup
	for range handlers {
		workers.Go(func() {
			for {
				l, t, ok := d.next()
				if !ok {
					return
				}
				later, elsewhere := d.do(work, t)
				if later != nil {
					t.rest = later.Do
					d.park(l, t, later.Wait)
					continue
				}
				switch {
				case elsewhere:
					d.letGo([]int64{t.update.ID})
				case !t.refuse && !t.unkept && work.Err() == nil: // what was cut off is handled by the next run
					done <- t.update.ID
				}
				d.release(l)
			}
		})
	}
	settler.Go(func() { d.settle(context.WithoutCancel(ctx), done) })
	if d.Replicas != nil {
		settler.Go(func() { d.besideOthers(ctx) })
	}
	<-ctx.Done()
	d.mu.Lock()
	d.over = true
	d.idle.Broadcast()
	d.mu.Unlock()
	late := time.AfterFunc(drainTime, cancel)
	workers.Wait()
	close(done)
	settler.Wait()
	if !late.Stop() {
		d.Log.WarnContext(ctx, "some updates were cut off; they are handled by the next run", "after", drainTime.String())
	}
	return nil
}

// load takes up what an earlier run kept and did not handle, before anything that comes
// now.
func (d *Dispatcher) load(ctx context.Context) error {
	if d.loaded || d.Replicas != nil { // what another one left is taken once it is surely gone
		return nil
	}
	if err := d.take(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	d.loaded = true
	return nil
}

// take has handled what is kept and in nobody's hand.
func (d *Dispatcher) take(ctx context.Context) error {
	var left []*models.Update
	after := int64(0)
	for {
		page, err := d.Inbox.WaitingUpdates(ctx, after, loadBatch)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // shutting down before it began
		case err != nil:
			return errors.Join(errors.New("read the inbox"), err)
		case len(page) == 0:
			for _, u := range left {
				if !d.has(u.ID) {
					d.enqueue(laneOf(u), task{update: u})
				}
			}
			return nil
		}
		for _, raw := range page {
			after = raw.ID
			if u := d.read(ctx, raw); u != nil {
				left = append(left, u)
			} else if err := d.Inbox.UpdatesDone(ctx, d.Now(), raw.ID); err != nil {
				return errors.Join(errors.New("clear the inbox"), err)
			}
		}
	}
}

// Accept takes updates. When it returns without an error they are kept, refused or passed
// over, and may be confirmed.
func (d *Dispatcher) Accept(ctx context.Context, all ...delivery.Update) error {
	d.init()
	d.accepting.Lock()
	defer d.accepting.Unlock()
	if err := d.load(ctx); err != nil {
		return err
	}
	if d.waits() >= maxAllWaiting {
		return ErrFull
	}
	keep, tasks := d.admit(ctx, all)
	if len(keep) == 0 {
		return nil
	}
	fresh, err := d.Inbox.KeepUpdates(ctx, d.Now(), keep...)
	if err != nil && d.CannotKeep != nil && d.CannotKeep(err) {
		if d.Replicas == nil { // else another one may handle it
			d.handleUnkept(tasks)
		}
		return errors.Join(ErrUnkept, err)
	}
	if err != nil {
		return errors.Join(errors.New("keep updates"), err)
	}
	var handled []int64
	for _, id := range fresh {
		if d.unkept[id] {
			handled = append(handled, id)
			continue
		}
		d.enqueue(laneOf(tasks[id].update), tasks[id])
	}
	if len(handled) == 0 {
		return nil
	}
	if err := d.Inbox.UpdatesDone(ctx, d.Now(), handled...); err != nil {
		return errors.Join(errors.New("clear the inbox"), err)
	}
	for _, id := range handled {
		delete(d.unkept, id)
	}
	return nil
}

// admit sorts what came: what is to be kept and handled, by id; the rest is refused or passed over.
func (d *Dispatcher) admit(ctx context.Context, all []delivery.Update) (keep []delivery.Update, tasks map[int64]task) {
	tasks = map[int64]task{}
	adds := map[int64]int{} // by lane
	for _, raw := range all {
		u := d.read(ctx, raw)
		if u == nil {
			continue
		}
		key := laneOf(u)
		if d.waitsIn(key)+adds[key] >= cmp.Or(d.MaxWaiting, DefaultMaxWaiting) {
			d.refuse(key, u, true)
			continue
		}
		if d.Allow != nil {
			if ok, tell := d.Allow(u); !ok {
				d.refuse(key, u, tell)
				continue
			}
		}
		adds[key]++
		raw.Lane = key
		keep, tasks[u.ID] = append(keep, raw), task{update: u}
	}
	return keep, tasks
}

// ErrUnkept says that updates were handled and could not be kept: they are not to be confirmed,
// and come again.
var ErrUnkept = errors.New("updates cannot be kept now")

// maxUnkept is how many updates are remembered that could not be kept.
const maxUnkept = 10_000

// handleUnkept has updates handled, each once, though they are not kept.
func (d *Dispatcher) handleUnkept(tasks map[int64]task) {
	if d.unkept == nil {
		d.unkept = map[int64]bool{}
	}
	for _, id := range slices.Sorted(maps.Keys(tasks)) {
		if d.unkept[id] || len(d.unkept) >= maxUnkept {
			continue
		}
		d.unkept[id] = true
		t := tasks[id]
		t.unkept = true
		d.enqueue(laneOf(t.update), t)
	}
}

// read decodes an update. What cannot be read is passed over, and said the first, tenth,
// hundredth time.
func (d *Dispatcher) read(ctx context.Context, raw delivery.Update) *models.Update {
	u, err := decode(raw)
	if u != nil {
		return u
	}
	kind := kindOf(raw.Body)
	if err == nil {
		d.observe("ignored", kind, 0)
		return nil
	}
	d.observe("unreadable", kind, 0)
	d.mu.Lock()
	d.passed[kind]++
	n := d.passed[kind]
	d.mu.Unlock()
	if powerOfTen(n) {
		d.Log.WarnContext(ctx, "update passed over", "update", raw.ID, "kind", kind, "count", n, "err", err)
	}
	return nil
}

func powerOfTen(n int) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}

func (d *Dispatcher) waits() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waiting
}

func (d *Dispatcher) waitsIn(key int64) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l := d.lanes[key]; l != nil {
		return len(l.queue)
	}
	return 0
}

// refuse drops an update. That it did is told in its turn, once until the lane is empty.
func (d *Dispatcher) refuse(key int64, u *models.Update, tell bool) {
	d.observe("too_fast", "", 0)
	d.mu.Lock()
	told := d.lanes[key] != nil && d.lanes[key].refused
	d.mu.Unlock()
	if d.Refuse != nil && tell && !told {
		d.enqueue(key, task{update: u, refuse: true})
	}
}

func (d *Dispatcher) enqueue(key int64, t task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.lanes[key]
	if l == nil {
		l = &lane{key: key}
		d.lanes[key] = l
		d.ready = append(d.ready, l)
		d.idle.Signal()
	}
	if d.Replicas != nil && !t.refuse && !t.unkept {
		d.inHand[t.update.ID] = true
	}
	l.refused = l.refused || t.refuse
	l.queue = append(l.queue, t)
	d.waiting++
}

// next waits for a lane whose turn it is, and takes its first task.
func (d *Dispatcher) next() (l *lane, t task, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.ready) == 0 && !d.over {
		d.idle.Wait()
	}
	if d.over {
		return nil, task{}, false
	}
	l, d.ready = d.ready[0], d.ready[1:]
	t, l.queue = l.queue[0], l.queue[1:]
	d.waiting--
	return l, t, true
}

// release puts a lane behind all others, or forgets it where nothing waits in it.
func (d *Dispatcher) release(l *lane) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(l.queue) == 0 {
		delete(d.lanes, l.key)
		return
	}
	d.ready = append(d.ready, l)
	d.idle.Signal()
}

// park takes a lane out of turn until what is left of its task may be done.
func (d *Dispatcher) park(l *lane, t task, wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l.queue = append([]task{t}, l.queue...)
	d.waiting++
	time.AfterFunc(wait, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.ready = append(d.ready, l)
		d.idle.Signal()
	})
}

// do handles or refuses one update; a panic ends no more than that.
func (d *Dispatcher) do(ctx context.Context, t task) (later *Later, elsewhere bool) {
	result, begun := metric.OK, d.Now()
	defer func() {
		if r := recover(); r != nil {
			result = "panic"
			d.Log.ErrorContext(ctx, "update handler panicked", "update", t.update.ID, "panic", r, "stack", string(debug.Stack()))
			later = nil
		}
		d.observe(result, "", d.Now().Sub(begun))
	}()
	next := t.rest
	switch {
	case next != nil:
	case t.refuse:
		next = func(ctx context.Context) *Later { return d.Refuse(ctx, t.update) }
	default:
		next = func(ctx context.Context) *Later { return d.Handle(ctx, t.update) }
	}
	if mine, first := d.begin(ctx, t); !mine {
		result = "elsewhere"
		return nil, true
	} else if !first {
		result = "later"
		return &Later{Wait: orderWait, Do: next}, false
	}
	return next(ctx), false
}

func (d *Dispatcher) observe(result, label string, took time.Duration) {
	if d.Metrics != nil {
		d.Metrics.Observe(metric.Event{Name: "update", Label: label, Result: result, Duration: took})
	}
}

// settle forgets what was handled, several at a time. What cannot be forgotten now is with
// the next.
func (d *Dispatcher) settle(ctx context.Context, done <-chan int64) {
	var held []int64
	flush := func() {
		if len(held) == 0 {
			return
		}
		if err := d.Inbox.UpdatesDone(ctx, d.Now(), held...); err != nil {
			d.Log.WarnContext(ctx, "clearing the inbox failed", "count", len(held), "err", err)
			return
		}
		d.letGo(held)
		held = held[:0]
	}
	for {
		var timer <-chan time.Time
		if len(held) > 0 {
			timer = time.After(doneAfter)
		}
		select {
		case id, open := <-done:
			if !open {
				flush()
				return
			}
			if held = append(held, id); len(held) >= doneBatch {
				flush()
			}
		case <-timer:
			flush()
		}
	}
}

// inlineLane keeps what a person asks inline apart from its private chat.
const inlineLane = 1 << 62

// laneOf returns the lane in whose order an update belongs: its chat, for inline queries
// its person.
func laneOf(u *models.Update) int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.ID
	case u.EditedMessage != nil:
		return u.EditedMessage.Chat.ID
	case u.ChannelPost != nil:
		return u.ChannelPost.Chat.ID
	case u.GuestMessage != nil:
		return u.GuestMessage.Chat.ID
	case u.CallbackQuery != nil && u.CallbackQuery.Message.Message != nil:
		return u.CallbackQuery.Message.Message.Chat.ID
	case u.CallbackQuery != nil && u.CallbackQuery.Message.InaccessibleMessage != nil:
		return u.CallbackQuery.Message.InaccessibleMessage.Chat.ID
	case u.CallbackQuery != nil:
		return u.CallbackQuery.From.ID
	case u.MyChatMember != nil:
		return u.MyChatMember.Chat.ID
	case u.InlineQuery != nil && u.InlineQuery.From != nil:
		return u.InlineQuery.From.ID | inlineLane
	}
	return 0
}

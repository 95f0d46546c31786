package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"habar/digest/fetch"
)

// A job is what the desk does on a schedule.
type job struct {
	name string
	spec string
	run  func(context.Context) error
	now  bool // also once at the start
}

func (d *Desk) jobs() []job {
	return []job{
		{"rates", d.RatesSpec, d.GatherRates, true},
		{"rested sources", "* * * * *", d.GatherRested, false},
		{"news", d.NewsSpec, d.GatherNews, true},
		{"offers", "*/15 * * * *", d.GatherOffers, true},
		{"official trade", "@monthly", d.GatherOfficial, true},
		{"digests", "* * * * *", d.queueDigests, true},
		{"broadcasts", "* * * * *", d.queueBroadcasts, true},
		{"care", "*/5 * * * *", d.Care, false},
		{"housekeeping", "17 21 * * *", d.housekeep, false}, // at night in the region
	}
}

// CheckSpec reports what is wrong with a schedule.
func CheckSpec(spec string) error {
	if _, err := cron.ParseStandard(spec); err != nil {
		return fmt.Errorf("%q is no schedule: %w", spec, err)
	}
	return nil
}

// Run does the desk's jobs on schedule until ctx is done, then waits for those still
// running. A job that fails or panics is logged and runs again next time; one that
// overruns skips a turn.
func (d *Desk) Run(ctx context.Context) error {
	log := cronLog{d.Log}
	// Recover stands inside: SkipIfStillRunning of v3.0.1 never gives its token back
	// when a panic passes through it.
	chain := cron.NewChain(cron.SkipIfStillRunning(log), cron.Recover(log))
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(log))
	for _, j := range d.jobs() {
		schedule, err := cron.ParseStandard(j.spec)
		if err != nil {
			return fmt.Errorf("schedule %s %q: %w", j.name, j.spec, err)
		}
		work := chain.Then(cron.FuncJob(func() {
			begun := d.Now()
			err := j.run(ctx)
			d.observe("job", j.name, err, begun)
			d.logFailures(ctx, j.name, each(err))
			if j.now {
				d.begun(j.name)
			}
		}))
		if j.now {
			schedule = &soon{Schedule: schedule}
		}
		c.Schedule(schedule, work)
	}
	if d.Beat != nil { // not within SkipIfStillRunning: that cron ticks is what is watched
		c.Schedule(&soon{Schedule: cron.Every(time.Minute)}, cron.FuncJob(d.Beat))
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// manyUnreachable is from how many sources on that cannot be reached one line stands for all.
const manyUnreachable = 2

// logFailures logs what went wrong in a job, a line each; where several sources cannot be
// reached, which has one cause, one line for all of them.
func (d *Desk) logFailures(ctx context.Context, job string, errs []error) {
	away := slices.Collect(func(yield func(error) bool) {
		for _, err := range errs {
			if (errors.Is(err, fetch.ErrUnreachable) || errors.Is(err, context.DeadlineExceeded)) && !yield(err) {
				return
			}
		}
	})
	if len(away) >= manyUnreachable {
		d.Log.WarnContext(ctx, "sources are out of reach", "job", job, "count", len(away), "of", len(errs), "first", firstLine(away[0]))
	}
	for _, err := range errs {
		if len(away) < manyUnreachable || !slices.Contains(away, err) {
			d.Log.WarnContext(ctx, "job failed", "job", job, "err", err)
		}
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// FirstRound returns when every job that runs at the start has run once.
func (d *Desk) FirstRound() <-chan struct{} {
	d.firstRound.Do(func() { d.ready = make(chan struct{}) })
	return d.ready
}

// begun notes that a job of the start has run.
func (d *Desk) begun(job string) {
	ready := d.FirstRound()
	d.ran.Store(job, true)
	for _, j := range d.jobs() {
		if _, ran := d.ran.Load(j.name); j.now && !ran {
			return
		}
	}
	select {
	case <-ready:
	default:
		d.RoundDone()
	}
}

// RoundDone says that everything was tried once: Run does, who runs jobs by hand may.
func (d *Desk) RoundDone() {
	d.FirstRound()
	d.closeReady.Do(func() { close(d.ready) })
}

// each returns the errors that were joined into one, however deep.
func each(err error) (all []error) {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error }) // errors.Join returns it bare
	if !ok {
		return []error{err}
	}
	for _, one := range joined.Unwrap() {
		all = append(all, each(one)...)
	}
	return all
}

// soon is a schedule whose first time is at once.
type soon struct {
	cron.Schedule
	begun bool
}

func (s *soon) Next(t time.Time) time.Time {
	if !s.begun {
		s.begun = true
		return t
	}
	return s.Schedule.Next(t)
}

// cronLog passes on what cron reports: its own ticking only to who wants to debug.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, kv ...any) { l.log.Debug("cron", append(kv, "event", msg)...) }

func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("job panicked", append(kv, "event", msg, "err", err)...)
}

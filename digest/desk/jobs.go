package desk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
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
			for _, err := range each(err) {
				d.Log.WarnContext(ctx, "job failed", "job", j.name, "err", err)
			}
		}))
		if j.now {
			schedule = &soon{Schedule: schedule}
		}
		c.Schedule(schedule, work)
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// each returns the errors that were joined into one.
func each(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // errors.Join returns it bare
		return joined.Unwrap()
	}
	return []error{err}
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

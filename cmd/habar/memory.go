package main

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

// A collector's percent says how much may be allocated, in parts of what is in use, before it runs
// again. Go's 100 lets a bot that hardly works hold twice of what it needs. A thrift asks for less as
// long as that costs next to nothing: it halves the percent while the collector takes less than half
// of what it may, and doubles it, up to Go's own, when it takes more. And it gives back what a digest
// or a round has left, once all is quiet.
type thrift struct {
	percent int
	since   time.Time
	before  usage
	back    time.Time
	set     func(percent int) int
	give    func()
	read    func() usage
}

// usage is what the runtime has counted since the start, but for held.
type usage struct {
	allocated uint64  // bytes
	collector float64 // seconds of processors
	held      uint64  // bytes of the heap that are in use by nothing, or by what nothing refers to
}

const (
	thriftEvery  = 2 * time.Second
	thriftShare  = 0.01      // of one processor, for the collector
	leastPercent = 25        // a heap of 8 MB is collected every 2 MB
	goPercent    = 100       // Go's own
	quietRate    = 512 << 10 // bytes allocated a second by a bot that does nothing but wait
	worthGiving  = 4 << 20   // bytes
	giveEvery    = time.Minute
)

// newThrift returns nil where the operator has chosen a percent.
func newThrift() *thrift {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return &thrift{percent: goPercent, set: debug.SetGCPercent, give: debug.FreeOSMemory, read: readUsage}
}

// run saves until ctx is done.
func (t *thrift) run(ctx context.Context) {
	if t == nil {
		<-ctx.Done()
		return
	}
	t.adopt(leastPercent)
	tick := time.NewTicker(thriftEvery)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			t.look(now)
		case <-ctx.Done():
			return
		}
	}
}

// look adapts to what has happened since the last look.
func (t *thrift) look(now time.Time) {
	after := t.read()
	before, since := t.before, t.since
	t.before, t.since = after, now
	passed := now.Sub(since).Seconds()
	if since.IsZero() || passed <= 0 {
		return
	}
	switch share := (after.collector - before.collector) / passed; {
	case share > thriftShare:
		t.adopt(min(2*t.percent, goPercent))
	case share < thriftShare/2:
		t.adopt(max(t.percent/2, leastPercent))
	}
	quiet := float64(after.allocated-before.allocated)/passed < quietRate
	if quiet && after.held > worthGiving && now.Sub(t.back) >= giveEvery {
		t.back = now
		t.give()
	}
}

func (t *thrift) adopt(percent int) {
	if percent != t.percent {
		t.percent = percent
		t.set(percent)
	}
}

// readUsage asks the runtime, which counts the collector's time when it has run.
func readUsage() usage {
	samples := []runtimemetrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	runtimemetrics.Read(samples)
	bytes := func(i int) uint64 { return samples[i].Value.Uint64() }
	seconds := func(i int) float64 { return samples[i].Value.Float64() } //nolint:forbidigo // no money
	heap, live := bytes(3)+bytes(4)+bytes(5), bytes(6)
	return usage{
		allocated: bytes(0),
		collector: seconds(1) - seconds(2), // idle: nobody else wanted the processor
		held:      heap - min(heap, live),
	}
}

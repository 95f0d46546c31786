package main

import (
	"testing"
	"time"
)

func TestThrift(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var (
		counted usage
		given   int
	)
	saver := &thrift{percent: goPercent, set: func(int) int { return 0 }, give: func() { given++ }, read: func() usage { return counted }}
	pass := func(share float64, allocated uint64) { // a tick, in which the collector took a share of a processor
		now = now.Add(thriftEvery)
		counted.collector += share * thriftEvery.Seconds()
		counted.allocated += allocated
		saver.look(now)
	}
	const busy = 100 << 20
	pass(0, 0)
	for _, step := range []struct {
		name  string
		share float64
		want  int
	}{
		{"cheap", 0.001, 50},
		{"cheap still", 0.001, 25},
		{"no less than that", 0.001, leastPercent},
		{"fair", 0.008, 25},
		{"dear", 0.05, 50},
		{"dear still", 0.05, 100},
		{"no more than Go's own", 0.05, goPercent},
	} {
		if pass(step.share, busy); saver.percent != step.want {
			t.Errorf("%s: the percent is %d, want %d", step.name, saver.percent, step.want)
		}
	}

	counted.held = worthGiving * 2
	if pass(0, busy); given != 0 {
		t.Error("memory was given back in the midst of work")
	}
	if pass(0, 0); given != 1 {
		t.Errorf("given back %d times once all was quiet, want once", given)
	}
	for range int(giveEvery/thriftEvery) - 1 {
		pass(0, 0)
	}
	if given != 1 {
		t.Errorf("given back %d times in one minute", given)
	}
	if pass(0, 0); given != 2 {
		t.Errorf("given back %d times in more than a minute, want twice", given)
	}
	counted.held = worthGiving / 2
	for range 100 {
		pass(0, 0)
	}
	if given != 2 {
		t.Error("too little is given back")
	}
}

// The names that the runtime has for what is counted are right, and it counts.
func TestUsageIsRead(t *testing.T) {
	before := readUsage()
	kept := make([][]byte, 100)
	for i := range kept {
		kept[i] = make([]byte, 1<<20)
	}
	after := readUsage()
	if grown := after.allocated - before.allocated; grown < 100<<20 || after.collector < before.collector {
		t.Errorf("100 MiB allocated, %d counted; the collector took %f s and then %f s", grown, before.collector, after.collector)
	}
	_ = kept
}

func TestThriftKeepsTheOperatorsChoice(t *testing.T) {
	t.Setenv("GOGC", "80")
	if newThrift() != nil {
		t.Error("GOGC is set, and is not left alone")
	}
}

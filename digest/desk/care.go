package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"habar/digest/delivery"
	"habar/digest/rates"
)

// A CareStore is what looks after itself and tells operators what it cannot mend.
type CareStore interface {
	Housekeep(ctx context.Context, now time.Time) (gone int64, err error)
	OpenBroadcasts(ctx context.Context) ([]int64, error)
	QueueBroadcast(ctx context.Context, id int64, now time.Time) (done bool, err error)
	Stats(ctx context.Context, now time.Time) (delivery.Stats, error)
	TellOperators(ctx context.Context, operators []int64, t delivery.TroublePayload, now time.Time) error
	GetOrSet(ctx context.Context, name, first string) (value string, err error)
	Set(ctx context.Context, name, value string) error
}

// housekeep deletes what is kept long enough.
func (d *Desk) housekeep(ctx context.Context) error {
	gone, err := d.Store.Housekeep(ctx, d.Now())
	if gone > 0 {
		d.Log.InfoContext(ctx, "housekeeping", "rows_deleted", gone)
	}
	return err
}

// queueBroadcasts queues what operators tell all chats, a portion at a time.
func (d *Desk) queueBroadcasts(ctx context.Context) error {
	open, err := d.Store.OpenBroadcasts(ctx)
	if err != nil {
		return fmt.Errorf("read broadcasts: %w", err)
	}
	for _, id := range open {
		for done := false; !done && ctx.Err() == nil; {
			if done, err = d.Store.QueueBroadcast(ctx, id, d.Now()); err != nil {
				return fmt.Errorf("queue broadcast %d: %w", id, err)
			}
		}
	}
	return nil
}

// The kinds of trouble that operators are told of.
const (
	SilentSource = "silent"   // a source has given nothing new for longer than its cadence
	LateQueue    = "queue"    // what is owed to chats waits for too long
	FullDisk     = "disk"     // hardly any space is left
	NoTelegram   = "telegram" // it cannot be reached, or refuses
)

// Troubles lists the kinds.
func Troubles() []string { return []string{SilentSource, LateQueue, FullDisk, NoTelegram} }

const (
	lateQueue    = 10 * time.Minute
	lateTelegram = 10 * time.Minute
	leastDisk    = 5.0 // percent that must be free
)

// A Condition is what the program around the desk knows of where it runs.
type Condition struct {
	DiskFree float64   // percent; negative: not known
	Telegram time.Time // when it was last reached; zero: not known
}

// knownTroubles is the name under which the troubles that operators know of are kept, so that
// neither a restart nor another leader tells them again.
const knownTroubles = "troubles"

// Care finds what is wrong and tells operators of each once when it begins, and once when it
// is over.
func (d *Desk) Care(ctx context.Context) error {
	if len(d.Operators) == 0 {
		return nil
	}
	kept, err := d.Store.GetOrSet(ctx, knownTroubles, "[]")
	if err != nil {
		return fmt.Errorf("read known troubles: %w", err)
	}
	var known []delivery.TroublePayload
	if err := json.Unmarshal([]byte(kept), &known); err != nil {
		return fmt.Errorf("read known troubles: %w", err)
	}
	now, err := d.troubles(ctx)
	if err != nil {
		return err
	}
	for _, t := range now {
		if slices.Contains(known, t) {
			continue
		}
		d.Log.WarnContext(ctx, "trouble", "kind", t.Kind, "detail", t.Detail)
		known = append(known, t)
		if err := d.tell(ctx, t, known); err != nil {
			return err
		}
	}
	for _, t := range slices.Clone(known) {
		if slices.Contains(now, t) {
			continue
		}
		known = slices.DeleteFunc(known, func(o delivery.TroublePayload) bool { return o == t })
		t.Over = true
		if err := d.tell(ctx, t, known); err != nil {
			return err
		}
	}
	return nil
}

// tell tells operators of a trouble, and keeps what they know of then.
func (d *Desk) tell(ctx context.Context, t delivery.TroublePayload, known []delivery.TroublePayload) error {
	if err := d.Store.TellOperators(ctx, d.Operators, t, d.Now()); err != nil {
		return fmt.Errorf("tell operators: %w", err)
	}
	kept, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("keep known troubles: %w", err)
	}
	if err := d.Store.Set(ctx, knownTroubles, string(kept)); err != nil {
		return fmt.Errorf("keep known troubles: %w", err)
	}
	return nil
}

// troubles finds what is wrong now.
func (d *Desk) troubles(ctx context.Context) (all []delivery.TroublePayload, err error) {
	sources, err := d.Store.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	for _, s := range sources {
		if slices.ContainsFunc(s.Findings, func(f rates.Finding) bool { return f.Kind == rates.Silent }) {
			all = append(all, delivery.TroublePayload{Kind: SilentSource, Detail: s.Name})
		}
	}
	stats, err := d.Store.Stats(ctx, d.Now())
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	if !stats.Oldest.IsZero() && d.Now().Sub(stats.Oldest) > lateQueue {
		all = append(all, delivery.TroublePayload{Kind: LateQueue})
	}
	if d.Condition == nil {
		return all, nil
	}
	c := d.Condition()
	if c.DiskFree >= 0 && c.DiskFree < leastDisk {
		all = append(all, delivery.TroublePayload{Kind: FullDisk})
	}
	if !c.Telegram.IsZero() && d.Now().Sub(c.Telegram) > lateTelegram {
		all = append(all, delivery.TroublePayload{Kind: NoTelegram})
	}
	return all, nil
}

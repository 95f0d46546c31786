// Package clock waits, for as long as there is a reason to.
package clock

import (
	"context"
	"time"
)

// Wait returns nil after d, or the context's error as soon as it is done. A wait of
// nothing returns at once, with the context's error if it has one.
func Wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if err := Wait(t.Context(), time.Hour); err != nil || time.Since(begun) != time.Hour {
			t.Errorf("an hour: %v after %s", err, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun = time.Now()
		if err := Wait(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Minute {
			t.Errorf("a context of a minute: %v after %s", err, time.Since(begun))
		}
		if err := Wait(ctx, -time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a done context and nothing to wait for: %v", err)
		}
		if err := Wait(t.Context(), 0); err != nil {
			t.Errorf("nothing to wait for: %v", err)
		}
	})
}

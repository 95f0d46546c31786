package main

import (
	"context"
	"log/slog"

	"habar/digest/metric"
)

// eventLog is where measurements go: into the log of who debugs.
type eventLog struct{ log *slog.Logger }

// Observe writes an event.
func (l eventLog) Observe(e metric.Event) {
	l.log.LogAttrs(context.Background(), slog.LevelDebug, "event", slog.String("name", e.Name), slog.String("label", e.Label),
		slog.String("result", e.Result), slog.Duration("duration", e.Duration))
}

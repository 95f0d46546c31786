package main

import (
	"context"
	"net"
	"os"
	"strconv"
	"time"

	"habar/digest/clock"
)

// notify tells systemd how the program stands, where it was started so (Type=notify).
// Source: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
func notify(state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	if socket[0] == '@' { // of the abstract namespace
		socket = "\x00" + socket[1:]
	}
	conn, err := net.Dial("unixgram", socket) //nolint:noctx,gosec // a datagram to this machine, to whom systemd names
	if err != nil {
		return
	}
	_, _ = conn.Write([]byte(state)) // nobody else could be told
	_ = conn.Close()
}

// feedWatchdog says to systemd that the program lives, as long as its loops move, and that it
// is being stopped when ctx is done.
func feedWatchdog(ctx context.Context, alive func() bool) {
	notify("READY=1")
	defer notify("STOPPING=1")
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 {
		<-ctx.Done()
		return
	}
	for clock.Wait(ctx, time.Duration(usec)*time.Microsecond/2) == nil {
		if alive() {
			notify("WATCHDOG=1")
		}
	}
}

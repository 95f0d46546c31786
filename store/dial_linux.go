package store

import (
	"syscall"

	sys "golang.org/x/sys/unix"
)

// parted has a connection fail whose bytes nobody has confirmed for a while: by itself it would wait
// for a quarter of an hour.
func parted(_, _ string, conn syscall.RawConn) error {
	return conn.Control(func(fd uintptr) {
		_ = sys.SetsockoptInt(int(fd), sys.IPPROTO_TCP, sys.TCP_USER_TIMEOUT, int(partedAfter.Milliseconds())) // a unix socket has no such thing
	})
}

//go:build unix

package main

import (
	"path/filepath"
	"syscall"
)

// diskFree returns how much of the disk that a file is on is free, in percent; -1 where that is
// not known.
func diskFree(path string) float64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &s); err != nil || s.Blocks == 0 {
		return -1
	}
	return 100 * float64(s.Bavail) / float64(s.Blocks)
}

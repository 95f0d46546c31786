package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// versionCmd prints the version.
type versionCmd struct{}

// Run prints the version, the commit it was built from and the Go release.
func (versionCmd) Run(p *program) error {
	_, err := fmt.Fprintf(p.out, "habar %s %s\n", version(), runtime.Version())
	return err
}

// release is set at link time where a release is built: -ldflags "-X main.release=v1.2.3".
var release string

// version returns the release or else the module's version, and the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return cmp.Or(release, "unknown")
	}
	var said strings.Builder
	said.WriteString(cmp.Or(release, info.Main.Version))
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			said.WriteString(" " + s.Value[:min(len(s.Value), 12)])
		}
	}
	return said.String()
}

package main

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// versionCmd prints the version.
type versionCmd struct{}

// Run prints the module's version, the commit it was built from and the Go release.
func (versionCmd) Run(p *program) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("built without version information")
	}
	commit := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			commit = " " + s.Value[:min(len(s.Value), 12)]
		}
	}
	fmt.Fprintf(p.out, "habar %s%s %s\n", info.Main.Version, commit, info.GoVersion)
	return nil
}

// version returns the module's version and the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return info.Main.Version + " " + s.Value[:min(len(s.Value), 12)]
		}
	}
	return info.Main.Version
}

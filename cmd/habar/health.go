package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"habar/digest/health"
)

// healthCmd asks the running program whether it is well, for a container's health check.
type healthCmd struct {
	Listen string `help:"Address on which habar listens." env:"HABAR_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
}

// Run asks /readyz.
func (c *healthCmd) Run(ctx context.Context, p *program) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("HABAR_LISTEN %q is not HOST:PORT", c.Listen)
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return errors.New("habar does not answer on " + c.Listen)
	}
	defer resp.Body.Close()
	var answer struct {
		Checks []health.Check `json:"checks"`
	}
	_ = json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer) // the status says enough
	for _, check := range answer.Checks {
		if !check.OK {
			fmt.Fprintf(p.err, "%s: %s\n", check.Name, check.Detail)
		}
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("habar is not ready: %s", resp.Status)
	}
	fmt.Fprintln(p.out, "ready")
	return nil
}

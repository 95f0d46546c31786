package main

import (
	"fmt"
	"net/url"
	"os"

	"habar/digest/fetch"
	"habar/digest/rates/bank"
)

// rateFlags choose the sources of rates.
type rateFlags struct {
	Sources string `help:"Sources that are asked, such as nbk,nbkr,cbu: all, or none for built-in figures only." env:"HABAR_SOURCES" default:"all"`
}

// sources returns the chosen sources, with the addresses that the environment gives.
func (f rateFlags) sources() ([]bank.Source, error) {
	all, err := bank.Select(f.Sources)
	if err != nil {
		return nil, fmt.Errorf("HABAR_SOURCES: %w", err)
	}
	for i, s := range all {
		if all[i].URL, err = addressOf(s.Env, s.URL); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// addressOf returns the address that the environment gives in a variable, or else the usual one.
func addressOf(env, usual string) (string, error) {
	address := os.Getenv(env)
	if address == "" {
		return usual, nil
	}
	if u, err := url.Parse(address); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("%s is not a URL that begins with http:// or https://", env)
	}
	return address, nil
}

// fetcher returns a client that may also reach the private addresses which the
// operator configured, and no others.
func fetcher(sources []bank.Source, urls ...string) *fetch.Client {
	for _, s := range sources {
		urls = append(urls, s.URL)
	}
	return fetch.New(urls...)
}

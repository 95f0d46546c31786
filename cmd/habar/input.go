package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
	"unicode/utf8"
)

// maxInput bounds one file that is read, in bytes.
const maxInput = 5 << 20

// reportFile says on stderr what is wrong with a file, and returns what ends the command
// with status 1.
func reportFile(p *program, name string, err error) error {
	fmt.Fprintf(p.err, "habar: %s: %s\n", name, firstLine(err))
	return errReported
}

// readInput reads a file, or stdin for "-", up to one byte past maxInput.
func readInput(p *program, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(p.in, maxInput+1))
	}
	f, err := os.Open(name) //nolint:gosec // the operator's own choice of file
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxInput+1))
	return body, withoutPath(err)
}

// withoutPath drops the file's name from an error that is shown behind it.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// readArticle reads a plain text, bounded in size.
func readArticle(p *program, name string) (string, error) {
	body, err := readInput(p, name)
	switch {
	case err != nil:
		return "", err
	case len(body) > maxInput:
		return "", fmt.Errorf("larger than %d MiB", maxInput>>20)
	case !utf8.Valid(body):
		return "", errors.New("not a text file")
	}
	return string(body), nil
}

// day writes a calendar day for JSON; nil for none.
func day(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(time.DateOnly)
	return &s
}

// orNull returns nil for nothing, as JSON has it.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

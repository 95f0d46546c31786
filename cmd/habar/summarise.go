package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"habar/digest/summary"
)

// summariseCmd summarises articles.
type summariseCmd struct {
	Files     []string `arg:"" optional:"" name:"file" help:"Plain-text articles, the title on the first line; - is stdin."`
	Sentences int      `help:"Most sentences of a summary." default:"2" placeholder:"N"`
	JSON      bool     `help:"Print one JSON object for each file." name:"json"`
	JSONL     bool     `help:"Read {\"id\",\"text\"} lines and write {\"id\",\"summary\"} lines." name:"jsonl"`
}

const (
	maxSummary   = 700 // characters
	maxSentences = 10  // sentences
)

// Run summarises each file; without one, stdin.
func (c *summariseCmd) Run(p *program) error {
	if c.Sentences < 1 || c.Sentences > maxSentences {
		return fmt.Errorf("--sentences is a number from 1 to %d", maxSentences)
	}
	files := c.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	var failed error
	for _, name := range files {
		if err := c.one(p, name); err != nil {
			failed = reportFile(p, name, err)
		}
	}
	return failed
}

func (c *summariseCmd) one(p *program, name string) error {
	body, err := readArticle(p, name)
	if err != nil {
		return err
	}
	if c.JSONL {
		return c.lines(p, body)
	}
	short := c.summarise(body)
	if short == "" {
		return errors.New("no sentence to summarise")
	}
	if c.JSON {
		return json.NewEncoder(p.out).Encode(map[string]string{"file": name, "summary": short})
	}
	_, err = fmt.Fprintln(p.out, short)
	return err
}

func (c *summariseCmd) lines(p *program, text string) error {
	w := bufio.NewWriter(p.out)
	out := json.NewEncoder(w)
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.TrimSpace(line) == "" {
			continue
		}
		var in struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		}
		if err := json.Unmarshal([]byte(line), &in); err != nil {
			return fmt.Errorf("line %d is no JSON object with id and text", n)
		}
		if err := out.Encode(map[string]any{"id": in.ID, "summary": c.summarise(in.Text)}); err != nil {
			return err
		}
	}
	return w.Flush()
}

// summarise takes the first line for the title where it ends no sentence.
func (c *summariseCmd) summarise(text string) string {
	title, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if rest == "" || strings.HasSuffix(strings.TrimSpace(title), ".") {
		title, rest = "", text
	}
	return summary.Of(title, rest, c.Sentences, maxSummary)
}

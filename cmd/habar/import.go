package main

import (
	"context"
	"fmt"
	"time"

	"habar/digest/desk"
	"habar/store"
)

// importCmd takes saved answers of banks and markets into the database.
type importCmd struct {
	Files []string `arg:"" name:"file" help:"Saved answers of the banks or of the market source; - is stdin."`
}

// Run reads all files first, so that days are accepted in their order however the
// files are named. One that cannot be read does not stop the others.
func (c *importCmd) Run(ctx context.Context, p *program) error {
	var (
		in     desk.Import
		failed error
	)
	for _, name := range c.Files {
		body, err := readInput(p, name)
		if err == nil {
			_, _, err = in.Add(body)
		}
		if err != nil {
			failed = reportFile(p, name, err)
		}
	}
	db, err := store.Open(ctx, p.db)
	if err != nil {
		return openFailed(err)
	}
	defer db.Close()
	in.Store, in.Now = db, time.Now
	step, err := in.Save(ctx)
	if err != nil {
		return err
	}
	if step.Done > 0 {
		fmt.Fprintf(p.out, "%s read, until %s: %s\n", count(step.Done, "day"), step.Day.Format(time.DateOnly), step)
		for _, q := range step.Refused[:min(len(step.Refused), step.Held)] {
			fmt.Fprintf(p.out, "held back: %s %s of %s from %s: %s\n", q.Pair, q.Value, q.Effective.Format(time.DateOnly), q.Source, q.Doubt.String())
		}
	}
	return failed
}

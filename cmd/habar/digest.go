package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/reader"
)

// digestCmd prints a digest.
type digestCmd struct {
	Lang string `help:"Language (BCP 47)." default:"en" placeholder:"L"`
	TZ   string `help:"Time zone (IANA)." name:"tz" default:"Asia/Almaty" placeholder:"ZONE"`
}

// Run composes a digest from the database and prints it as plain text.
func (c *digestCmd) Run(ctx context.Context, p *program) error {
	if _, err := language.Parse(c.Lang); err != nil {
		return fmt.Errorf("--lang: %q is not a language such as en or ru", c.Lang)
	}
	zone, err := reader.ParseZone(c.TZ)
	if err != nil {
		return fmt.Errorf("--tz: %q is not a time zone such as Asia/Almaty", c.TZ)
	}
	db, err := openSeeded(ctx, p)
	if err != nil {
		return err
	}
	defer db.Close()
	r := reader.New(0, c.Lang)
	r.Zone = zone
	d, err := digest.Compose(ctx, db, r, time.Now(), time.Now().Add(time.Minute))
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, message.To(r, time.Now()).Digest(d).Plain())
	return nil
}

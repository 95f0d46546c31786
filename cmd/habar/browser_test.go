package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser opens a headless Chromium, or skips where there is none, unless
// HABAR_BROWSER says that it must be there.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("HABAR_BROWSER") == "required" {
			t.Fatal("HABAR_BROWSER=required, and there is no Chromium")
		}
		t.Skip("no Chromium on this machine: install it to run this test")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1000, 1000),
		chromedp.Flag("disable-quic", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // starts the browser, whose life the time limit below must not be
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// A person opens the page, presses Start, types a command, presses a button, reads
// the answer, sees an alert arrive, switches to another person and to the dark.
func TestChatPage(t *testing.T) {
	ctx := browser(t)
	banks := bankServer(t)
	banks.today = true
	h := serve(t, banks.env())
	eventually(t, "the banks' answers", func() bool {
		return strings.Contains(h.ask("1003", "/rates").text(), "Qozog‘iston MB")
	})

	const newest = `[...document.querySelectorAll('[data-role=message][data-from=bot]')].at(-1)?.innerText ?? ''`
	type action = chromedp.Action[chromedp.Void]
	until := func(condition string) action {
		return chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingTimeout(patience))
	}
	says := func(want string) action {
		return until(`(` + newest + `).replaceAll('\u00a0', ' ').includes(` + quoted(want) + `)`)
	}
	say := func(text string) action { return chromedp.SendKeys(`textarea[name=message]`, text+kb.Enter) }
	button := func(label string) action {
		return chromedp.Click(`(//button[@data-role="inline"][contains(., "` + label + `")])[last()]`)
	}
	steps := []struct {
		name string
		do   action
	}{
		{"open the page", chromedp.Navigate(h.address)},
		{"press Start", chromedp.Click(`#start`)},
		{"the greeting", says("I'm habar")},
		{"the second press: the country", button("Kazakhstan")},
		{"the hour is asked for", says("When shall your daily digest come?")},
		{"the third press: the hour", button("08:00")},
		{"a working subscription", says("Digest: 08:00 (every day)")},
		{"type a command", say("/rates")},
		{"the board", says("478.77 ₸")},
		{"what was typed stands on the page", until(`[...document.querySelectorAll('[data-role=message][data-from=me]')].at(-1).innerText.includes('/rates')`)},
		{"press a button", button("EUR")},
		{"the answer to the button", says("548.62 ₸")},
		{"one currency", say("/rates kzt")},
		{"both ways round", says("1 USD = 478.77 KZT")},
		{"its alert", button("Alert")},
		{"what may be watched for", says("One press sets it")},
		{"press a level", button("> 484")},
		{"the alert is set", says("reaches 484 or more")},
		{"the bank's rate rises", func(context.Context, *chromedp.Target) (nothing chromedp.Void, err error) {
			banks.set("485.10", "3.50")
			return nothing, nil
		}},
		{"it fires", says("USD/KZT is above 484")},
		{"type an amount", say("100 usd in kzt")},
		{"the conversion", says("48,510 KZT")},
		{"ask for trade", say("/trade")},
		{"the picker", says("Which country?")},
		{"choose a country", button("Tajikistan")},
		{"its profile takes the place of the picker", says("$6.73 bn")},
		{"begin a command", chromedp.SendKeys(`textarea[name=message]`, "/al")},
		{"the menu offers it and what begins like it", until(`[...document.querySelectorAll('#menu button b')].map(b => b.innerText).join() === '/alert,/alerts'`)},
		{"take the first of the menu", chromedp.SendKeys(`textarea[name=message]`, kb.Enter)},
		{"the command's answer", says("New alert")},
		{"ask for a chart", say("/chart USD/KZT 7d")},
		{"ask inline, in the middle of a chat", chromedp.SendKeys(`textarea[name=message]`, "@habar_playground_bot 100 usd kzt")},
		{"the offers", until(`document.querySelector('#menu [data-role=result]')?.innerText.includes('48,510')`)},
		{"choose one", chromedp.Click(`#menu [data-role=result]`)},
		{"it is sent as one's own", until(`[...document.querySelectorAll('[data-role=message][data-from=me]')].at(-1).innerText.includes('via @habar_playground_bot')`)},
		{"switch to another person", chromedp.SetValue(`select[name=user]`, "1002")},
		{"tell the page", chromedp.Evaluate[chromedp.Void](`document.querySelector('select[name=user]').dispatchEvent(new Event('change'))`)},
		{"the other chat is empty", chromedp.WaitVisible(`#start`)},
		{"press Start", chromedp.Click(`#start`)},
		{"a language of its own", says("Где вы живёте?")},
		{"the country", button("Казахстан")},
		{"the hour", button("08:00")},
		{"a subscription in Russian", says("Сводка: 08:00")},
		{"ask in words", say("курс доллара")},
		{"the answer is Russian", says("Курсы")},
		{"an alert in words", say("сигнал доллар выше 490")},
		{"it is set", says("USD/KZT > 490")},
		{"the bank's rate rises again", func(context.Context, *chromedp.Target) (nothing chromedp.Void, err error) {
			banks.set("491.20", "3.50")
			return nothing, nil
		}},
		{"it fires in Russian", says("Вы просили")},
	}
	for _, s := range steps {
		if err := chromedp.Do(ctx, s.do); err != nil {
			page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
			t.Fatalf("%s: %v\nthe page shows:\n%s", s.name, err, page)
		}
	}
	if path := os.Getenv("HABAR_SCREENSHOT"); path != "" { // how the README's picture is made
		picture(ctx, t, h, path)
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// picture writes the README's picture: a chat with a board, a conversion and an alert.
func picture(ctx context.Context, t *testing.T, h *habarUnderTest, path string) {
	t.Helper()
	theme, seat := os.Getenv("HABAR_THEME"), os.Getenv("HABAR_SEAT")
	err := chromedp.Do(ctx,
		chromedp.SetValue(`select[name=user]`, seat),
		chromedp.Evaluate[chromedp.Void](`document.documentElement.dataset.theme = "`+theme+`"; document.querySelector('select[name=user]').dispatchEvent(new Event('change'))`))
	if err != nil {
		t.Fatal(err)
	}
	for said := range strings.SplitSeq(os.Getenv("HABAR_SAID"), ";") {
		h.ask(seat, said)
	}
	if err := chromedp.Do(ctx, chromedp.Sleep(time.Second)); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(ctx, chromedp.ScreenshotScale(`.phone`, 1.5))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o600); err != nil {
		t.Fatal(err)
	}
}

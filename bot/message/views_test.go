package message

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"habar/bot/button"
	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/trade"
	"habar/digest/watch"
	"habar/digest/words"
)

func nbk(pair, value string, day time.Time) rates.Rate {
	p, err := rates.ParsePair(pair)
	if err != nil {
		panic(err)
	}
	q := rates.Quote{Pair: p, Value: decimal.RequireFromString(value), Source: rates.NBK, Effective: rates.Day(day)}
	return rates.Rate{Pair: p, Value: q.Value, Legs: []rates.Quote{q}}
}

// has checks that a message says each of some words, and none that starts with !.
func has(t *testing.T, name string, m Message, words ...string) {
	t.Helper()
	plain := m.Plain()
	for _, w := range words {
		if not, absent := strings.CutPrefix(w, "!"); absent == strings.Contains(plain, strings.TrimPrefix(w, "!")) {
			t.Errorf("%s: want %q said: %t\n%s", name, not, !absent, plain)
		}
	}
	if strings.Contains(m.HTML, "<no value>") || len(utf16.Encode([]rune(plain))) > 4096 {
		t.Errorf("%s: not filled in, or longer than a message: %s", name, plain)
	}
}

func TestSourcesSayHowEachIsDoing(t *testing.T) {
	v := voice("en")
	board := rates.NewBoard([]rates.Quote{
		{Pair: rates.Pair{Base: "USD", Quote: "KZT"}, Value: decimal.NewFromInt(500), Source: rates.NBK, Effective: rates.Day(noon)},
		{Pair: rates.Pair{Base: "USD", Quote: "KZT"}, Value: decimal.NewFromInt(510), Source: rates.Market, Effective: rates.Day(noon)},
		{Pair: rates.Pair{Base: "USD", Quote: "UZS"}, Value: decimal.NewFromInt(12000), Source: rates.CBU, Effective: rates.Day(noon.AddDate(0, 0, -5))},
	}, nil)
	states := []rates.SourceState{
		{Name: "nbk", Tried: noon, Success: noon.Add(-time.Hour)}, {Name: "cbu", Tried: noon, Success: noon.AddDate(0, 0, -5), Error: "cbu: answered 503"}, {Name: "nbkr weekly", Tried: noon},
	}
	held := []rates.Refusal{{Quote: rates.Quote{Pair: rates.Pair{Base: "USD", Quote: "TMT"}, Value: decimal.RequireFromString("3.43"), Source: rates.Market, Effective: rates.Day(noon)}, Doubt: rates.Doubt{Kind: rates.OffPeg, Far: decimal.NewFromInt(2), Than: decimal.RequireFromString("3.5"), Source: rates.PEG}}}
	var feeds []news.FeedState
	for i := range 9 {
		f := news.FeedState{URL: fmt.Sprintf("https://outlet%d.example/rss", i), Success: noon.Add(-2 * time.Hour)}
		if i > 1 {
			f.Error = "answered 404 Not Found " + strings.Repeat("x", 300)
		}
		feeds = append(feeds, f)
	}
	feeds[8].Success, feeds[7].URL = time.Time{}, "no address"
	feeds[0].Left = map[news.Reason]int{news.Undated: 3, news.Old: 90, news.Nowhere: 1}
	states[0].Findings = []rates.Finding{{Kind: rates.Renominated, Code: "UZS", Was: decimal.NewFromInt(100), Is: decimal.NewFromInt(1)}, {Kind: rates.Shrunk, Rows: 3, Usual: 39}, {Kind: rates.Silent}}
	has(t, "to a reader", v.Sources(states, held, board, feeds, HistoryProgress{}, false), "silent for longer", "did not give its rates", "!503", "!404", "!UZS per", "!in place of", "!without a date")
	m := v.Sources(states, held, board, feeds, HistoryProgress{}, true)
	has(t, "to an operator", m, "quotes UZS per 1 in place of 100", "3 rows in place of 39", "outlet0.example", "3 without a date, 1 without an address", "!90")
	has(t, "sources", m, "National Bank of Kazakhstan", "1 h ago", "cbu: answered 503", "5 days old", "weekly", "2% from the peg 3.5", "outlet2.example", "outlet6.example", "!outlet8.example")
	has(t, "none at all", v.Sources(nil, nil, rates.Board{}, nil, HistoryProgress{}, false), "!Feeds")
}

func TestManyAlertsFitIntoOneMessage(t *testing.T) {
	terms := alert.Terms{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Kind: alert.Level, Direction: alert.Up, Amount: decimal.NewFromInt(550)}
	p := delivery.AlertPayload{}
	for i := range 60 {
		f := alert.Fired{AlertID: int64(i), Terms: terms, Value: decimal.NewFromInt(551), Before: decimal.NewFromInt(540), Source: rates.NBK, Day: noon}
		if i == 0 {
			p.Fired = f
			continue
		}
		p.More = append(p.More, f)
	}
	for _, lang := range []string{"en", "ru"} {
		has(t, lang+" fired", voice(lang).Fired(p, rates.Course{}, voice("en").now), "40", "550", "551")
		has(t, lang+" undone", voice(lang).Undone(p), "40", "540")
	}
	m := voice("en").Fired(p, rates.Course{}, voice("en").now)
	if !strings.HasPrefix(m.Plain(), "🔔 USD/KZT is above 550\n1 USD = 551") {
		t.Errorf("a phone's preview begins with %.60q", m.Plain())
	}
	if data := m.Keyboard[1][1].Data; data != "alerts mute all -" {
		t.Errorf("the second button asks %q", data)
	}
}

func TestSparkDrawsTheCourse(t *testing.T) {
	v := voice("en")
	course := func(values ...int64) (c rates.Course) {
		for i, value := range values {
			c.Points = append(c.Points, rates.Point{Day: rates.Day(noon).AddDate(0, 0, i-len(values)+1), Value: decimal.NewFromInt(value)})
		}
		return c
	}
	for name, tt := range map[string]struct {
		c    rates.Course
		want string
	}{
		"rising":         {course(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), "▁▂▂▃▃▄▄▅▅▆▆▇▇██"},
		"a peak":         {course(1, 1, 9, 1, 1), "▁▁▁▁▁▁███▁▁▁▁▁▁"},
		"no change":      {course(5, 5, 5), ""},
		"one figure":     {course(5), ""},
		"nothing at all": {rates.Course{}, ""},
	} {
		if got := string(v.spark(tt.c)); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestSubscriptionsAreSaidInWords(t *testing.T) {
	v := voice("en")
	zone, err := reader.ParseZone("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	some := reader.Weekdays(1<<time.Monday | 1<<time.Friday | 1<<time.Sunday)
	m := v.Subscribed([]reader.Schedule{{Zone: zone, Minute: 7*60 + 5, Days: some}, {Zone: time.UTC, Minute: 8 * 60, Days: reader.WorkingDays}, {Zone: time.UTC, Minute: 9 * 60, Days: reader.EveryDay}})
	has(t, "subscribed", m, "07:05", "Mon, Fri, Sun", "Kolkata", "UTC+5:30", "08:00", "09:00")
	has(t, "none", v.Subscribed(nil), "08:30")
	has(t, "ended", v.Unsubscribed(true))
	has(t, "was none", v.Unsubscribed(false))
}

func TestQuietHoursAreShown(t *testing.T) {
	r := reader.New(7, "en")
	for name, tt := range map[string]struct {
		quiet reader.Quiet
		want  string
	}{
		"off": {reader.Quiet{}, "22:00–07:00"}, "on": {reader.Quiet{From: 22 * 60, To: 7 * 60}, "No quiet hours"}, "alerts too": {reader.Quiet{From: 22 * 60, To: 7 * 60, Alerts: true}, "✓"},
	} {
		r.Quiet = tt.quiet
		m := To(r, noon).Settings(button.QuietPage, nil)
		var labels []string
		for _, row := range m.Keyboard {
			for _, k := range row {
				labels = append(labels, k.Label)
			}
		}
		if !strings.Contains(strings.Join(labels, "|"), tt.want) {
			t.Errorf("%s: buttons %q, want %q", name, labels, tt.want)
		}
	}
}

func TestStoryAndItsButtons(t *testing.T) {
	v := voice("en")
	s := news.Story{ID: 7, URL: "https://x.example/1", Publisher: "Steppe", Title: "A <b>bridge</b>", Text: "Long text.", Countries: []string{"kz", "kg"}, Topics: []string{"transport"}, Published: noon.Add(-time.Hour), Updated: noon.Add(-time.Minute), Also: []string{"A", "B", "C", "D"}}
	m := v.Story(s)
	has(t, "story", m, "A <b>bridge</b>", "Long text.", "updated", "also: A, B, C", "!, D")
	if len(m.Keyboard) != 2 || m.Keyboard[0][0].URL != s.URL || m.Keyboard[1][0].Data != "settings mute-outlet 7" || m.Keyboard[1][1].Data != "settings mute-topic 7" {
		t.Errorf("buttons %+v", m.Keyboard)
	}
	s.Builtin = true
	if m := v.Story(s); len(m.Keyboard) != 1 {
		t.Errorf("a built-in story can be muted: %+v", m.Keyboard)
	}
	page := v.Headlines(NewsPage{Query: news.Query{Search: strings.Repeat("мост ", 40), Offset: 5, Limit: 5}, Stories: []news.Story{s}, More: true})
	for _, row := range page.Keyboard {
		for _, k := range row {
			if len(k.Data) > 63 {
				t.Errorf("the button %q asks %d bytes", k.Label, len(k.Data))
			}
		}
	}
	has(t, "an empty page", v.Headlines(NewsPage{Query: news.Query{Country: "tm", Topic: "finance"}}), "No stories here")
}

func fact(country, partner string, flow trade.Flow, metric trade.Metric, value int64, unit, period string) trade.Fact {
	return trade.Fact{
		Country: country, Partner: partner, Flow: flow, Metric: metric, Value: decimal.NewFromInt(value), Unit: unit, Period: period, Sentence: "So it is.",
		Article: trade.Article{Title: "Trade", Publisher: "Steppe", URL: "https://x.example/t", Date: noon},
	}
}

func TestTradeOfACountryThatPublishesNothing(t *testing.T) {
	v := voice("en")
	mirror := []trade.Fact{
		fact("CHN", "TKM", trade.Imports, trade.Value, 9_600_000_000, "USD", "2025"), fact("TUR", "TKM", trade.Turnover, trade.Change, -12, "%", "2025"),
	}
	official := fact("TKM", "", trade.Exports, trade.Value, 11_000_000_000, "USD", "2024")
	official.Official, official.Article.Publisher = true, "World Bank"
	imports := official
	imports.Flow, imports.Value = trade.Imports, decimal.NewFromInt(4_000_000_000)
	p := trade.Of("TKM", append(mirror, official, imports))
	has(t, "Turkmenistan", v.Profile(p), "publishes no national trade statistics", "What partners report", "$9.60 bn", "▼\u00a012%", "World Bank", "$11.00 bn", "2024")
	has(t, "nothing known", v.Profile(trade.Profile{Country: "KGZ"}), "No trade figures")
}

// Where partners' figures are of several periods, what most are of is said once, and no line
// is wider than a phone.
func TestPartnersOfSeveralPeriodsFitAPhone(t *testing.T) {
	v := voice("en")
	var facts []trade.Fact
	for code, share := range map[string]int64{"CHN": 25, "RUS": 18, "ITA": 11} {
		facts = append(facts, fact("KAZ", code, trade.Turnover, trade.Share, share, "%", "2026-01/2026-10"), fact("KAZ", code, trade.Turnover, trade.Change, -6, "%", "2026-01/2026-10"))
	}
	other := fact("KAZ", "AZE", trade.Turnover, trade.Value, 550_000_000, "USD", "2024")
	said := v.Profile(trade.Of("KAZ", append(facts, other))).Plain()
	if strings.Count(said, "Jan–Oct 2026") != 1 || !strings.Contains(said, "$550 m 2024") {
		t.Errorf("the periods are told as %q", said)
	}
	for line := range strings.Lines(said) {
		if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 40 {
			t.Errorf("%d characters are wider than a phone: %q", n, line)
		}
	}
	undated := other
	undated.Period = ""
	if said := v.Profile(trade.Of("KAZ", append(facts, undated))).Plain(); strings.Count(said, "Jan–Oct 2026") != 3 {
		t.Errorf("what has no period seems to be of another's: %q", said)
	}
}

func TestTradeProfileWarns(t *testing.T) {
	v := voice("en")
	old := fact("TJK", "", trade.Turnover, trade.Value, 6_730_000_000, "USD", "2023-01/2023-08")
	old.Doubt = trade.SumDoubt
	share := fact("TJK", "CHN", trade.Turnover, trade.Share, 25, "%", "2023-01/2023-08")
	p := trade.Of("TJK", []trade.Fact{old, share, fact("TJK", "RUS", trade.Turnover, trade.Value, 1_400_000_000, "USD", "2023-01/2023-08")})
	has(t, "old and contradicted", v.Profile(p), "$6.73 bn", "over a year old", "don't add up", "25.0%", "█", "$1.40 bn")
	bars, m := v.PartnersPicture(p, trade.Turnover)
	if len(bars.Rows) != 1 || !strings.Contains(bars.Source, "Steppe") {
		t.Errorf("bars = %+v", bars)
	}
	has(t, "picture", m, "Tajikistan")
	has(t, "both sides", v.Bilateral("TJK", "CHN", []trade.Fact{share, fact("CHN", "TJK", trade.Exports, trade.Change, 40, "%", "2025")}), "25.0% of all", "cn Exports", "▲\u00a040%")
	has(t, "sentences", v.Sentences("TJK", []trade.Fact{old, share}), "So it is.", "Steppe")
}

func TestTradeNamesBothSourcesThatDiffer(t *testing.T) {
	ours, theirs := fact("UZB", "", trade.Exports, trade.Value, 26_900_000_000, "USD", "2024"), fact("UZB", "", trade.Exports, trade.Value, 31_000_000_000, "USD", "2024")
	theirs.Article.Publisher, theirs.Article.URL = "Oasis", "https://y.example/t"
	for lang, want := range map[string]string{"en": "Sources differ", "ru": "Источники расходятся"} {
		has(t, lang, voice(lang).Profile(trade.Of("UZB", []trade.Fact{ours, theirs})), want, "2024", "Steppe", "Oasis", "31")
	}
}

func TestTradeSaysHowSureItIs(t *testing.T) {
	v := voice("en")
	sure, unsure := fact("UZB", "CHN", trade.Exports, trade.Value, 2_000_000_000, "USD", "2024"), fact("UZB", "CHN", trade.Imports, trade.Value, 9_000_000_000, "USD", "2024")
	sure.Confidence, unsure.Confidence, unsure.Sentence = 0.97, 0.52, "It may be so."
	m := v.Bilateral("UZB", "CHN", []trade.Fact{sure, unsure})
	has(t, "two countries", m, "Imports?", "52%")
	if strings.Contains(m.Plain(), "Exports?") {
		t.Errorf("%s\nmarks what is sure", m.Plain())
	}
	m = v.Sentences("UZB", []trade.Fact{sure, unsure})
	has(t, "sentences", m, "It may be so.", "52% sure")
	if strings.Contains(m.Plain(), "97%") {
		t.Errorf("%s\nmarks what is sure", m.Plain())
	}
	if m := v.Profile(trade.Of("UZB", []trade.Fact{unsure})); strings.Contains(m.Plain(), "9") {
		t.Errorf("%s\ntells what is not sure", m.Plain())
	}
}

func TestConversionsSayWhatTheyUsed(t *testing.T) {
	v := voice("en")
	hundred := phrase.Amount{Value: decimal.NewFromInt(100), Currency: rates.USD}
	fifty := phrase.Amount{Value: decimal.NewFromInt(50), Currency: rates.EUR}
	done := []Converted{{hundred, nbk("USD/KZT", "500", noon)}, {fifty, nbk("EUR/KZT", "600", noon)}}
	has(t, "together", v.Conversion(done, nil, false), "50,000", "30,000", "Together 80,000", "NBK")
	has(t, "one is missing", v.Conversion(done[:1], []rates.Pair{{Base: "USD", Quote: "GEL"}}, false), "No rate is known for USD/GEL", "!Together")
	inverse := nbk("USD/UZS", "12500", noon).Inverse()
	has(t, "a tiny rate is shown the other way round", v.Conversion([]Converted{{phrase.Amount{Value: decimal.NewFromInt(1000000), Currency: rates.UZS}, inverse}}, nil, false), "1 USD = 12,500", "!0.00008")
	mixed := nbk("USD/KZT", "500", noon)
	mixed.Legs = append(mixed.Legs, nbk("EUR/KZT", "600", noon.AddDate(0, 0, -9)).Legs...)
	has(t, "days apart", v.Conversion([]Converted{{hundred, mixed}}, nil, false), "more than 4 days apart", "computed")
	has(t, "no rate", v.NoRate(rates.Pair{Base: "USD", Quote: "GEL"}), "USD/GEL")
	has(t, "slow down", v.SlowDown())
	offer := v.ConversionResult(done[0])
	if !strings.Contains(offer.Title, "50,000") || !strings.Contains(offer.Description, "NBK") || offer.Message.HTML == "" {
		t.Errorf("offer = %+v", offer)
	}
}

func TestHistorySaysWhoseDayItIs(t *testing.T) {
	v := voice("en")
	r := nbk("USD/KZT", "500", noon.AddDate(0, 0, -9))
	has(t, "the day itself", v.OnDay(r, r.Effective(), nil), "23 Mar 2026", "500", "!still held")
	has(t, "a day after", v.OnDay(r, r.Effective().AddDate(0, 0, 2), nil), "25 Mar 2026", "still held")
	jump := rates.Refusal{
		Quote: rates.Quote{Pair: r.Pair, Value: decimal.RequireFromString("671.5"), Source: rates.NBK, Effective: r.Effective().AddDate(0, 0, 1)},
		Doubt: rates.Doubt{Kind: rates.Jump, Far: decimal.RequireFromString("34.3"), Than: decimal.NewFromInt(500), Source: rates.NBK, Day: r.Effective()},
	}
	has(t, "held back", v.OnDay(r, jump.Effective, []rates.Refusal{jump}), "1 USD = 500", "NBK published 1 USD = 671.50\u00a0KZT for 24 Mar 2026", "34.3% from 500.00 of 23 Mar 2026", "!still held")
	has(t, "held back alone", v.NoneOnDay(r.Pair, jump.Effective, time.Time{}, false, []rates.Refusal{jump}), "NBK published 1 USD = 671.50", "!nothing for")
	has(t, "nothing", v.NoneOnDay(r.Pair, noon, time.Time{}, false, nil), "nothing for USD/KZT", "!begins")
	has(t, "before history", v.NoneOnDay(r.Pair, noon.AddDate(-5, 0, 0), noon.AddDate(-1, 0, 0), true, nil), "begins on 1 Apr 2025")
}

// What was typed wrong is said with its reason and an example, in every language.
func TestUsageHasAReasonAndAnExample(t *testing.T) {
	for _, tag := range Languages() {
		v := voice(tag.String())
		for _, r := range reasons {
			m := v.Usage("alert", fmt.Errorf("wrapped: %w", r.err))
			if strings.Contains(m.HTML, "reason.") || !strings.Contains(m.HTML, "/alert") {
				t.Errorf("%s: %v is told as %q", tag, r.err, m.HTML)
			}
		}
		has(t, tag.String(), v.Usage("convert", &phrase.UnknownCurrencyError{Word: "XYZ<"}), "XYZ<", "/convert")
		for _, reason := range []error{reader.ErrClock, reader.ErrZone, reader.ErrScheduleWord, words.ErrNoSuchDay} {
			has(t, tag.String(), v.Usage("subscribe", &words.MisreadError{Word: "XYZ<", Reason: reason}), "XYZ<", "/subscribe", "!reason.")
		}
	}
}

// An alert that could not be told at once says when it fired, one that could does not.
func TestLateAlertSaysWhenItFired(t *testing.T) {
	p := delivery.AlertPayload{Fired: alert.Fired{Terms: alert.Terms{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Kind: alert.Level, Direction: alert.Up, Amount: decimal.NewFromInt(550)}, Value: decimal.NewFromInt(551), Source: rates.NBK}}
	several := p
	several.More = []alert.Fired{p.Fired}
	for lang, want := range map[string]string{"en": "It fired 3 h ago", "ru": "Сработало 3"} {
		v := voice(lang)
		for _, payload := range []delivery.AlertPayload{p, several} {
			if m := v.Fired(payload, rates.Course{}, v.now.Add(-3*time.Hour)); !strings.Contains(m.Plain(), want) {
				t.Errorf("%s, three hours late: %s", lang, m.HTML)
			}
			if m := v.Fired(payload, rates.Course{}, v.now.Add(-5*time.Minute)); strings.Contains(m.HTML, want[:10]) {
				t.Errorf("%s, at once: %s", lang, m.HTML)
			}
		}
	}
}

func TestAStoryThatWasWaitedForIsTold(t *testing.T) {
	h := watch.Hit{Watch: 5, Words: "Rogun <dam>", Title: "Rogun's second unit runs", URL: "https://x.example/1", Publisher: "Steppe", Summary: "It was started on Monday."}
	for _, lang := range []string{"en", "ru"} {
		m := voice(lang).Watched(h)
		has(t, lang, m, "Rogun <dam>", "Rogun's second unit runs", "Steppe", "It was started on Monday.")
		if len(m.Keyboard) != 1 || m.Keyboard[0][0].Data != "watch -5" || !m.Keyboard[0][0].Fresh {
			t.Errorf("%s: buttons %+v, want one that ends it", lang, m.Keyboard)
		}
	}
}

// TestNothingFromOutsideIsTappable: a story's words cannot make a command, an address or a name
// that a reader touches by mistake, and cannot fill the screen with marks.
func TestNothingFromOutsideIsTappable(t *testing.T) {
	for in, want := range map[string]string{
		"/forget yes": "/\u2060forget yes", "see evil.example now": "see evil.\u2060example now", "t.me/trap": "t.\u2060me/\u2060trap",
		"https://evil.example/x": "https:\u2060//evil.\u2060example/\u2060x", "@somebody #tag": "@\u2060somebody #\u2060tag",
		"$1.5 billion, 2.5 %, U.S. aid, 24.kg": "$1.5 billion, 2.5 %, U.S. aid, 24.\u2060kg", "т.е. 12.05.2026": "т.е. 12.05.2026",
		"z" + strings.Repeat("\u0301", 300): "z\u0301\u0301\u0301", "й и ё": "й и ё",
	} {
		if got := inert(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	s := news.Story{ID: 1, URL: "https://x.example/1", Publisher: "evil.example", Title: "/forget yes", Summary: "Type /forget yes or go to t.me/trap.", Text: "x", Published: noon}
	for name, m := range map[string]Message{"story": voice("en").Story(s), "list": voice("en").Headlines(NewsPage{Stories: []news.Story{s}}), "hit": voice("en").Watched(watch.Hit{Words: "/forget", Title: s.Title, URL: s.URL, Summary: s.Summary, Publisher: s.Publisher})} {
		for _, bad := range []string{"/forget", "t.me", "evil.example"} {
			if strings.Contains(m.HTML, bad) {
				t.Errorf("%s: %q is tappable in %s", name, bad, m.HTML)
			}
		}
	}
}

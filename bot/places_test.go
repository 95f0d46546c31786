package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/bot/button"
	"habar/bot/message"
	"habar/bot/throttle"
	"habar/digest/delivery"
	"habar/digest/reader"
)

func (s *stand) last(seat string) shown {
	s.Helper()
	all := s.page(seat)
	if len(all) == 0 {
		return shown{}
	}
	return all[len(all)-1]
}

// A question that is edited is answered in the place of its earlier answer, once.
func TestEditedQuestionIsAnsweredInPlace(t *testing.T) {
	s := newStand(t)
	first := s.ask("1001", "100 usd kzt")
	question := s.page("1001")[0].ID
	edit := func(text string) {
		t.Helper()
		if err := s.pg.Edit("1001", question, text); err != nil {
			t.Fatal(err)
		}
	}
	edit("200 usd kzt")
	all, ok := s.until("1001", func(all []shown) bool { return len(all) == 2 && all[1].Edited })
	if !ok || all[1].ID != first.ID || !strings.Contains(all[1].HTML, "95,754") {
		t.Errorf("the chat shows %+v, want one answer, of 200 dollars", all)
	}
	edit("200 usd kzt") // Telegram also tells of edits that change no word
	edit("/chart USD/KZT 30d")
	if all, ok = s.until("1001", func(all []shown) bool { return len(all) == 3 && all[2].Photo != "" }); !ok {
		t.Errorf("a picture cannot take the place of a text: the chat shows %+v", all)
	}
	s.ask("bazaar", "/start")
	if err := s.pg.Say("bazaar", "100 usd kzz"); err != nil { // talk, in a group
		t.Fatal(err)
	}
	slip := s.last("bazaar").ID
	if err := s.pg.Edit("bazaar", slip, "100 usd kzt"); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.until("bazaar", func(all []shown) bool { return strings.Contains(all[len(all)-1].HTML, "47,877") }); !ok {
		t.Errorf("a slip that is mended in a group is not answered: %+v", s.last("bazaar"))
	}
}

// A group that becomes a supergroup keeps its settings, alerts and digests, whichever of
// the two says so first, and though the new one may have been spoken in before.
func TestGroupThatGrowsKeepsWhatItSet(t *testing.T) {
	for i, newFirst := range []bool{false, true} {
		s := newStand(t)
		to := int64(-1002000 - i)
		s.ask("bazaar", "/alert USD/KZT > 900")
		s.ask("bazaar", "/subscribe 08:15 Asia/Bishkek")
		if newFirst {
			if _, err := s.bot.Store.Register(t.Context(), reader.New(to, "de"), ten); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.pg.Upgrade("bazaar", to, newFirst); err != nil {
			t.Fatal(err)
		}
		m := s.ask("bazaar", "/settings")
		alerts, err := s.bot.Store.Alerts(t.Context(), to)
		digests, err2 := s.bot.Store.Schedules(t.Context(), to)
		if err != nil || err2 != nil || len(alerts) != 1 || len(digests) != 1 || !strings.Contains(m.HTML, "Bishkek (UTC+6)") {
			t.Errorf("new first %t: %d alerts, %d digests, %v %v, settings %s", newFirst, len(alerts), len(digests), err, err2, m.HTML)
		}
		if _, known, err := s.bot.Store.Reader(t.Context(), -600); known || err != nil {
			t.Errorf("new first %t: the old group is still there, %v", newFirst, err)
		}
	}
}

// Added to a group it greets once, in the language of who added it; added to a channel it
// tells who added it, in private; thrown out it is silent.
func TestGreetsOnceWhereItIsAdded(t *testing.T) {
	s := newStand(t)
	join := func(seat string, joined bool) {
		t.Helper()
		if err := s.pg.Join(seat, joined); err != nil {
			t.Fatal(err)
		}
	}
	join("bazaar-1002", true)
	all, ok := s.until("bazaar", func(all []shown) bool { return len(all) == 1 })
	if !ok || !strings.Contains(all[0].HTML, "для её администраторов") {
		t.Fatalf("greeted with %+v", all)
	}
	join("bazaar-1002", false)
	join("bazaar-1002", true)
	s.ask("1001", "/start")
	join("channel", true)
	if all, ok = s.until("1001", func(all []shown) bool { return strings.Contains(all[len(all)-1].HTML, "Steppe News") }); !ok {
		t.Fatalf("who added it to a channel is told %+v", all)
	}
	if n := len(s.page("bazaar")); n != 1 {
		t.Errorf("the group is greeted %d times", n)
	}
	if n := len(s.page("channel")); n != 0 {
		t.Errorf("the channel is greeted %d times", n)
	}
	join("bazaar", false)
	if _, ok := s.until("1001", func([]shown) bool {
		r, _, err := s.bot.Store.Reader(t.Context(), -600)
		return err == nil && !r.Active
	}); !ok {
		t.Error("thrown out, the group is not switched off")
	}
}

// An administrator sets up a channel from its private chat, by commands and by the buttons
// below their answers; nobody else does.
func TestChannelIsSetUpFromThePrivateChat(t *testing.T) {
	s := newStand(t)
	m := s.ask("1001", "/subscribe @steppe_news 08:00")
	if !strings.Contains(m.HTML, "Steppe News") || !strings.Contains(m.HTML, "08:00") {
		t.Fatalf("answered %s", m.HTML)
	}
	s.press("1001", m, "Bishkek")
	digests := func() []reader.Schedule {
		all, err := s.bot.Store.Schedules(t.Context(), -1001800)
		if err != nil {
			t.Error(err)
		}
		return all
	}
	if _, ok := s.until("1001", func([]shown) bool {
		d := digests()
		return len(d) == 1 && d[0].Zone.String() == "Asia/Bishkek"
	}); !ok {
		t.Errorf("the channel's digests are %+v", digests())
	}
	m = s.ask("1001", "/alert @steppe_news")
	for _, step := range []string{"USD/KZT", "level", "480", "once", "Set the alert"} {
		before := m.HTML
		s.press("1001", m, pick(m, step))
		all, _ := s.until("1001", func(all []shown) bool { return all[len(all)-1].HTML != before })
		m = all[len(all)-1]
	}
	alerts, err := s.bot.Store.Alerts(t.Context(), -1001800)
	if err != nil || len(alerts) != 1 || !strings.Contains(m.HTML, "Steppe News") {
		t.Errorf("the channel has %d alerts, %v: %s", len(alerts), err, m.HTML)
	}
	if own, err := s.bot.Store.Alerts(t.Context(), 1001); err != nil || len(own) != 0 {
		t.Errorf("the administrator has %d alerts, %v", len(own), err)
	}
	for text, want := range map[string]string{
		"/subscribe @steppe_news 09:00":    "не администратор",
		"/settings -1001800":               "не администратор",
		"/alerts @nobody_knows_it":         "Не нахожу",
		"/unsubscribe -1001900 everything": "не администратор",
		"/settings 1001":                   "Настройки",
	} {
		if m := s.ask("1002", text); !strings.Contains(m.HTML, want) && want != "Настройки" {
			t.Errorf("%s by who is none: %s, want %q", text, m.HTML, want)
		}
	}
	if d := digests(); len(d) != 1 {
		t.Errorf("the channel's digests are %+v", d)
	}
}

// pick returns a label of a message that contains words, or its first.
func pick(m shown, words string) string {
	for _, row := range m.Keyboard {
		for _, k := range row {
			if strings.Contains(strings.ToLower(k.Text), strings.ToLower(words)) {
				return k.Text
			}
		}
	}
	return m.Keyboard[0][0].Text
}

// Every view that an administrator is shown of a channel keeps all its buttons: none is too
// long to say of which chat it speaks.
func TestButtonsFitBesideTheChatTheyAreFor(t *testing.T) {
	b, _ := newBot(t)
	const farthest = -1009999999999
	r := reader.New(1001, "en")
	for _, text := range []string{"/settings", "/settings news", "/subscribe 08:00", "/subscribe", "/alert", "/alert USD/KZT", "/alert ask USD/KZT extreme", "/alert ask USD/KZT percent", "/alert ask #123456789 USD/KZT high 30d", "/alerts", "/forget", "/alert USD/KZT > 900"} {
		m, _ := b.answer(t.Context(), said(text), r)
		count := func(m message.Message) (n int) {
			for _, row := range m.Keyboard {
				n += len(row)
			}
			return n
		}
		if after := message.To(r, ten).For(m, farthest, "x"); count(after) != count(m) {
			t.Errorf("%s: %d of %d buttons are left", text, count(after), count(m))
		}
	}
	for _, chat := range []int64{-1, -600, farthest} {
		data, ok := button.For(chat, "alerts page 2")
		in := incoming{pressed: &models.CallbackQuery{Data: data}}
		if name, args, _ := in.command("x"); !ok || name != "alerts" || args != fmt.Sprintf("%d page 2", chat) {
			t.Errorf("%d: %q is read as %q %q", chat, data, name, args)
		}
	}
}

// A link asks for what it names and changes nothing.
func TestDeepLinks(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	for payload, want := range map[string]string{
		button.Link("rates", "usd/kzt"):             "1 USD = 478.77",
		button.Link("rates", ""):                    "UZS",
		button.Link("convert", "12.50 usd kzt"):     "5,984.6",
		button.Link("trade", "kz"):                  "Kazakhstan",
		button.Link("alert", "USD/KZT"):             "USD/KZT",
		button.Link("alert", "usd kzt") + "_gt_900": "USD/KZT",
		button.Link("chart", "USD/KZT"):             "30 days",
		button.Link("news", "kz"):                   "Kazakhstan",
		"frobnicate_1":                              "Hi, I'm habar",
		"forget_yes":                                "Hi, I'm habar",
		"settings_base_EUR":                         "Hi, I'm habar",
		"_":                                         "Hi, I'm habar",
		"<b>":                                       "Hi, I'm habar",
		"":                                          "Hi, I'm habar",
	} {
		m, _ := b.answer(t.Context(), said("/start "+payload), r)
		if !strings.Contains(strings.ReplaceAll(m.Plain(), "\u00a0", " "), want) {
			t.Errorf("%q is answered %s, want %q", payload, m.Plain(), want)
		}
	}
	if all, err := db.Alerts(t.Context(), 1001); err != nil || len(all) != 0 {
		t.Errorf("links set %d alerts, %v", len(all), err)
	}
}

// While Telegram wants everybody to wait, answers wait too, with what led to them done
// once, and no handler waits with them.
func TestAnswersWaitWhenEverybodyIsToldTo(t *testing.T) {
	s := newStand(t)
	s.ask("1001", "/start")
	for _, chat := range []int64{1, 2} { // two in a row: the second is the probe
		done, _, err := s.bot.throttle.Enter(t.Context(), chat)
		if err != nil {
			t.Fatal(err)
		}
		done(throttle.Result{RetryAfter: 2 * time.Second})
	}
	begun := time.Now()
	m := s.ask("1001", "/alert USD/KZT > 900")
	if took := time.Since(begun); took < 500*time.Millisecond || !strings.Contains(m.HTML, "900") {
		t.Errorf("answered after %s: %s", took, m.HTML)
	}
	if all, err := s.bot.Store.Alerts(t.Context(), 1001); err != nil || len(all) != 1 {
		t.Errorf("%d alerts, %v, want the one that was asked for", len(all), err)
	}
}

// What is sent at night rings nobody's phone but for alerts; a pace that is paid for says
// so; what is for a topic that is gone goes to the chat itself.
func TestDeliveriesSayHowTheyAreSent(t *testing.T) {
	tests := []struct {
		name string
		at   time.Time
		kind delivery.Kind
		paid bool
		want []string
		not  []string
	}{
		{"a digest by day", ten, delivery.DailyDigest, false, []string{"message_thread_id=4"}, []string{"disable_notification", "allow_paid_broadcast"}},
		{"a digest at night", ten.Add(12 * time.Hour), delivery.DailyDigest, false, []string{"disable_notification=true"}, nil},
		{"an alert at night", ten.Add(12 * time.Hour), delivery.AlertFired, false, nil, []string{"disable_notification"}},
		{"paid", ten, delivery.DailyDigest, true, []string{"allow_paid_broadcast=true"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent []string
			b, _ := newBot(t)
			fake := newFake(t, func(r *http.Request) string {
				var fields []string
				for k, v := range r.MultipartForm.Value {
					fields = append(fields, k+"="+v[0])
				}
				sent = append(sent, strings.Join(fields, " "))
				if r.FormValue("message_thread_id") != "" {
					return `{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}`
				}
				return `{"ok":true,"result":{"message_id":1,"chat":{"id":1001,"type":"private"},"date":1}}`
			})
			config := b.Config
			config.API, config.PaidBroadcast, config.Now = fake, tt.paid, func() time.Time { return tt.at }
			b, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			d := delivery.Delivery{Reader: reader.New(-1001, "en"), Thread: 4, Kind: tt.kind, Due: tt.at, Payload: []byte(`{"base":"USD","quote":"KZT","Pair":{"base":"USD","quote":"KZT"},"kind":"level","amount":"1","value":"2"}`)}
			if err := b.deliver(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			if len(sent) != 2 || strings.Contains(sent[1], "message_thread_id") {
				t.Fatalf("sent %q, want once to the topic and then to the chat", sent)
			}
			for _, want := range tt.want {
				if !strings.Contains(sent[0], want) {
					t.Errorf("sent %q, want %q in it", sent[0], want)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(sent[0], not) {
					t.Errorf("sent %q with %q", sent[0], not)
				}
			}
		})
	}
}

// newFake is a Bot API server that answers each call to send as it is told.
func newFake(t *testing.T, answer func(*http.Request) string) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(answer(r)))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A slip is shown to who made it alone where habar is an administrator, and else to all.
func TestWhatConcernsOnePersonIsShownToItAlone(t *testing.T) {
	s := newStand(t)
	for seat, want := range map[string]bool{"forum-topic-1002": true, "forum-general": true, "group-1001": false, "group-anonymous": false, "1001": false} {
		if m := s.ask(seat, "/rates frobnicate"); m.Only != want {
			t.Errorf("in %s a slip is shown to one person alone: %t, want %t", seat, m.Only, want)
		}
		if m := s.ask(seat, "/rates kzt"); m.Only {
			t.Errorf("in %s rates are shown to one person alone", seat)
		}
	}
	list := s.ask("forum-topic", "/settings page base")
	s.press("forum-topic", list, "EUR")
	all, ok := s.until("forum-topic", func(all []shown) bool { return all[len(all)-1].Edited })
	if !ok || all[len(all)-1].ID != list.ID || !strings.Contains(all[len(all)-1].HTML, "EUR") {
		t.Errorf("a button under it shows %+v", all[len(all)-1])
	}
}

// Either chat alone is enough to say that a group has grown.
func TestEitherChatSaysThatAGroupHasGrown(t *testing.T) {
	for name, m := range map[string]*models.Message{
		"the old": {Chat: models.Chat{ID: -600, Type: models.ChatTypeGroup}, MigrateToChatID: -1007},
		"the new": {Chat: models.Chat{ID: -1007, Type: models.ChatTypeSupergroup}, MigrateFromChatID: -600},
	} {
		b, db := newBot(t)
		if _, err := db.Register(t.Context(), reader.New(-600, "ru"), ten); err != nil {
			t.Fatal(err)
		}
		b.Handle(t.Context(), &models.Update{Message: m})
		if r, known, err := db.Reader(t.Context(), -1007); err != nil || !known || r.Language.String() != "ru" {
			t.Errorf("%s chat says so: known %t, %v", name, known, err)
		}
	}
}

// A channel that is linked to a group speaks in it by its own name, and is none of its
// administrators.
func TestLinkedChannelIsNoAdministratorOfItsGroup(t *testing.T) {
	b, _ := newBot(t)
	in := said("/settings")
	in.chat, in.as = models.Chat{ID: -100500, Type: models.ChatTypeSupergroup}, -1001800
	if m, _ := b.answer(t.Context(), in, reader.New(-100500, "en")); !strings.Contains(m.HTML, "Only group admins") {
		t.Errorf("answered %s", m.HTML)
	}
}

// Everybody in a group is offered what anybody may use, its administrators all of it.
func TestMenusByWhoMayUseThem(t *testing.T) {
	s := newStand(t)
	menu := func(seat string) (names []string, language string) {
		t.Helper()
		var page struct {
			Commands []struct{ Command, Description string }
		}
		resp, err := http.Get(s.url + "/playground/chat?user=" + seat)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Commands {
			names, language = append(names, c.Command), c.Description
		}
		return names, language
	}
	// habar answers before it has registered all its menus, one language after the other.
	registered := func(is func() bool) bool {
		_, ok := s.until("1001", func([]shown) bool { return is() })
		return ok
	}
	s.ask("1001", "/start")
	var english, russian string
	if !registered(func() bool {
		_, english = menu("group-1001")
		_, russian = menu("group-1002")
		return english != "" && russian != "" && russian != english
	}) {
		t.Errorf("both languages are offered %q", english)
	}
	for seat, want := range map[string]bool{"1001": true, "group-1001": true, "group-1002": false, "forum-topic-1002": false, "channel": true} {
		var names []string
		if !registered(func() bool {
			names, _ = menu(seat)
			return slices.Contains(names, "settings") == want && slices.Contains(names, "rates")
		}) {
			t.Errorf("%s is offered %v", seat, names)
		}
	}
}

// A call that panics as the probe leaves nobody waiting for what comes of it.
func TestCallThatPanicsHoldsNobodyUp(t *testing.T) {
	b, _ := newBot(t)
	done, _, err := b.throttle.Enter(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	done(throttle.Result{RetryAfter: time.Minute})
	func() {
		defer func() { _ = recover() }()
		_, _ = b.call(t.Context(), 2, func(context.Context) error { panic("boom") })
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if wait, err := b.call(ctx, 3, func(context.Context) error { return nil }); wait != 0 || err != nil {
		t.Errorf("the next waits %s, %v", wait, err)
	}
}

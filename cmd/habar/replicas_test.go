package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"habar/bot/outbox"
	"habar/store/storetest"
)

// An arrivals is a Bot API that notes when each chat's messages arrived, and takes updates' answers.
type arrivals struct {
	*postOffice

	mu    sync.Mutex
	times []time.Time
}

func newArrivals(t *testing.T) (*arrivals, string) {
	t.Helper()
	a := &arrivals{postOffice: &postOffice{got: map[int64]int{}}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sendMessage") {
			a.mu.Lock()
			a.times = append(a.times, time.Now())
			a.mu.Unlock()
		}
		a.postOffice.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return a, server.URL
}

// most returns the most messages of any such time, and how long nothing came at most, while there
// were messages.
func (a *arrivals) most(within time.Duration) (most int, silence time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.SortFunc(a.times, time.Time.Compare)
	begin := 0
	for i, at := range a.times {
		for at.Sub(a.times[begin]) >= within {
			begin++
		}
		most = max(most, i-begin+1)
		if i > 0 {
			silence = max(silence, at.Sub(a.times[i-1]))
		}
	}
	return most, silence
}

// told returns how many chats of n got nothing, and how many messages came beyond one a chat.
func (a *arrivals) told(n int) (lost, twice int) {
	a.postOffice.mu.Lock()
	defer a.postOffice.mu.Unlock()
	for chat := range int64(n) {
		got := a.got[chat+1]
		if got == 0 {
			lost++
		}
		twice += max(got-1, 0)
	}
	return lost, twice
}

// owedTo has each of n chats owed a digest now.
func owedTo(t *testing.T, where string, n int) {
	t.Helper()
	at := time.Now().UTC().Truncate(time.Minute)
	raw := storetest.Raw(t, where)
	for _, q := range []string{
		fmt.Sprintf(`INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM generate_series(1, %d) AS i`, n),
		fmt.Sprintf(`INSERT INTO deliveries (chat, kind, priority, key, due, born, payload) SELECT i, 'digest', 1, 'digest:now', %d, %d, '{}' FROM generate_series(1, %d) AS i`, at.Unix(), at.Unix(), n),
	} {
		if _, err := raw.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// owing starts a database in which each of n chats is owed a digest, and who takes it.
func owing(t *testing.T, n int) (server *storetest.Server, office *arrivals, api string) {
	t.Helper()
	server = storetest.NewServer(t, "fsync=on")
	office, api = newArrivals(t)
	owedTo(t, server.URL, n)
	return server, office, api
}

// allTold waits until each of n chats has its digest, and some time for what comes twice, of which
// there may be so much; and says for how long nobody was told anything.
func (a *arrivals) allTold(t *testing.T, limit time.Duration, n, mayTwice int) (silence time.Duration) {
	t.Helper()
	within(t, limit, "every chat has its digest", func() bool { return a.reached() == n })
	time.Sleep(2 * time.Second)
	lost, twice := a.told(n)
	most, silence := a.most(time.Second)
	t.Logf("%d chats: %d lost, %d twice (at most %d), at most %d in a second, longest silence %s", n, lost, twice, mayTwice, most, silence.Round(time.Millisecond))
	if lost > 0 || twice > mayTwice {
		t.Errorf("%d lost, %d twice", lost, twice)
	}
	return silence
}

// A member is one process of the real program among others.
type member struct {
	*exec.Cmd

	address string // on which it listens, where it was told one
	log     *lockedBuffer
}

// replica starts this test binary as the real program beside others.
func startReplica(t *testing.T, db, api string, more ...string) *member {
	t.Helper()
	m := &member{log: &lockedBuffer{}}
	args := append([]string{"serve", "--token", "1:x", "--api", api, "--listen", "127.0.0.1:0", "--sources", "none", "--feeds", "none", "--backfill", "0", "--send-rate", "1000", "--paid-broadcast"}, more...)
	m.Cmd = exec.Command(os.Args[0], args...)
	m.Env = append(os.Environ(), "HABAR_DB="+db, asProgram+"=1")
	m.Stderr = m.log
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = m.Process.Kill()
		_ = m.Wait()
		if t.Failed() {
			t.Logf("a replica's log:\n%s", clipLog(m.log.String()))
		}
	})
	return m
}

func clipLog(log string) string {
	const most = 4000
	if len(log) > most {
		return log[:most/2] + "\n…\n" + log[len(log)-most/2:]
	}
	return log
}

// leads reports whether a replica's log says that it leads something now.
func (m *member) leads(what string) bool {
	log := m.log.String()
	return strings.LastIndex(log, "leads\" what="+what) > strings.LastIndex(log, "leads no more\" what="+what)
}

func (m *member) kill() {
	_ = m.Process.Kill()
	_, _ = m.Process.Wait()
}

func within(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %s: %s: not so", limit, what)
		}
	}
}

// besideOtherTests has a test that mostly waits run at the same time as others.
func besideOtherTests(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes its time")
	}
	t.Parallel()
}

// Any of three replicas, the leaders among them, is killed again and again under load: no digest is
// lost, few come twice, and the others go on.
func TestReplicasSurviveKills(t *testing.T) {
	besideOtherTests(t)
	const chats, kills = 5000, 20
	server, office, api := owing(t, chats)
	office.slow = func(chat int64) time.Duration { return time.Duration(chat%7) * 10 * time.Millisecond }
	const rate = "150" // so that it lasts
	var fleet []*member
	for range 3 {
		fleet = append(fleet, startReplica(t, server.URL, api, "--send-rate", rate))
	}
	within(t, 15*time.Second, "the first digests come", func() bool { return office.reached() > 100 })
	for n := range kills {
		victim := rand.IntN(3)
		if n%4 == 0 { // who leads
			victim = max(0, slices.IndexFunc(fleet, func(m *member) bool { return m.leads("desk") }))
		}
		fleet[victim].kill()
		fleet[victim] = startReplica(t, server.URL, api, "--send-rate", rate)
		time.Sleep(time.Duration(500+rand.IntN(1000)) * time.Millisecond)
	}
	if silence := office.allTold(t, 3*time.Minute, chats, kills*(outbox.Senders+outbox.SettleBatch)); silence > 10*time.Second {
		t.Errorf("%s silent", silence)
	}
}

// The database ends as in a power cut and comes back while replicas deliver.
func TestReplicasSurviveTheirDatabasesCrash(t *testing.T) {
	besideOtherTests(t)
	const chats = 6000
	server, office, api := owing(t, chats)
	for range 3 {
		startReplica(t, server.URL, api, "--send-rate", "400")
	}
	within(t, 15*time.Second, "the first digests come", func() bool { return office.reached() > 500 })
	server.Crash(t)
	time.Sleep(3 * time.Second)
	server.Restart(t)
	before, at := office.reached(), time.Now()
	within(t, 5*time.Second, "digests come again", func() bool { return office.reached() > before+100 })
	back := time.Since(at)
	t.Logf("back after %s", back.Round(time.Millisecond))
	office.allTold(t, 90*time.Second, chats, 3*(outbox.Senders+outbox.SettleBatch))
}

// A strait is the way to a database that can be closed: what is sent meanwhile arrives when it is
// open again, as through a network that was parted.
type strait struct {
	listener net.Listener
	mu       sync.Mutex
	open     *sync.Cond
	closed   bool
}

func newStrait(t *testing.T, socket string) *strait {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &strait{listener: l}
	s.open = sync.NewCond(&s.mu)
	t.Cleanup(func() { _ = l.Close(); s.set(false) })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", socket)
			if err != nil {
				_ = near.Close()
				continue
			}
			go s.pump(near, far)
			go s.pump(far, near)
		}
	}()
	return s
}

func (s *strait) set(closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = closed
	s.open.Broadcast()
}

func (s *strait) pump(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		s.mu.Lock()
		for s.closed {
			s.open.Wait()
		}
		s.mu.Unlock()
		if n > 0 {
			if _, werr := to.Write(buffer[:n]); werr != nil {
				err = werr
			}
		}
		if err != nil {
			_, _ = to.Close(), from.Close()
			return
		}
	}
}

func (s *strait) url(where string) string {
	u, _ := url.Parse(where)
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return fmt.Sprintf("postgres://habar@%s:%s%s?sslmode=disable", host, port, u.Path)
}

// One replica is parted from the database for longer than its leases last, and comes back.
func TestReplicaThatIsPartedLosesNothing(t *testing.T) {
	besideOtherTests(t)
	const chats = 8000
	server, office, api := owing(t, chats)
	way := newStrait(t, server.Socket)
	parted := startReplica(t, way.url(server.URL), api, "--send-rate", "300")
	within(t, 15*time.Second, "it leads", func() bool { return parted.leads("desk") })
	others := []*member{startReplica(t, server.URL, api, "--send-rate", "300"), startReplica(t, server.URL, api, "--send-rate", "300")}
	within(t, 15*time.Second, "digests come", func() bool { return office.reached() > 500 })
	way.set(true)
	at := time.Now()
	within(t, 10*time.Second, "another leads", func() bool { return others[0].leads("desk") || others[1].leads("desk") })
	took := time.Since(at)
	time.Sleep(15*time.Second - took)
	way.set(false)
	t.Logf("another led after %s", took.Round(time.Millisecond))
	within(t, 2*time.Minute, "every chat has its digest", func() bool { return office.reached() == chats })
	// What was claimed at the very moment may wait for its lease.
	raw := storetest.Raw(t, server.URL)
	within(t, 90*time.Second, "nothing is left in hand", func() bool {
		var left int
		err := raw.QueryRowContext(t.Context(), `SELECT count(*) FROM deliveries WHERE state IN ('queued', 'sending')`).Scan(&left)
		return err == nil && left == 0
	})
	if silence := office.allTold(t, time.Second, chats, 15+48); silence > 10*time.Second {
		t.Errorf("%s silent", silence)
	}
}

// One replica is stopped for longer than its leases last, and goes on.
func TestReplicaThatIsStoppedDoesNoHarm(t *testing.T) {
	besideOtherTests(t)
	const chats = 6000
	server, office, api := owing(t, chats)
	stopped := startReplica(t, server.URL, api, "--send-rate", "300")
	within(t, 15*time.Second, "it leads", func() bool { return stopped.leads("desk") })
	others := []*member{startReplica(t, server.URL, api, "--send-rate", "300"), startReplica(t, server.URL, api, "--send-rate", "300")}
	within(t, 15*time.Second, "digests come", func() bool { return office.reached() > 300 })
	_ = stopped.Process.Signal(syscall.SIGSTOP)
	within(t, 10*time.Second, "another leads", func() bool { return others[0].leads("desk") || others[1].leads("desk") })
	time.Sleep(9 * time.Second)
	_ = stopped.Process.Signal(syscall.SIGCONT)
	within(t, 10*time.Second, "it knows that it leads no more", func() bool { return !stopped.leads("desk") })
	office.allTold(t, 2*time.Minute, chats, 48)
}

// Three replicas together keep the pace of one, and a 429 for all stops all.
func TestReplicasKeepOnePace(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes its time")
	}
	for _, tt := range []struct{ rate, chats int }{{30, 450}, {1000, 12000}} {
		t.Run(fmt.Sprint(tt.rate), func(t *testing.T) {
			server := storetest.NewServer(t, "fsync=on")
			office, api := newArrivals(t)
			for range 3 {
				startReplica(t, server.URL, api, "--send-rate", fmt.Sprint(tt.rate))
			}
			time.Sleep(2 * time.Second)
			owedTo(t, server.URL, tt.chats)
			within(t, 2*time.Minute, "every chat has its digest", func() bool { return office.reached() == tt.chats })
			office.mu.Lock()
			lasted := office.times[len(office.times)-1].Sub(office.times[0])
			office.mu.Unlock()
			got := float64(tt.chats-1) / lasted.Seconds()
			most, _ := office.most(time.Second)
			three, _ := office.most(3 * time.Second)
			t.Logf("asked for %d a second: %.1f, at most %d in one and %d in three", tt.rate, got, most, three)
			// Where the machine stalls a replica for a sixth of a second, what it was to send then falls
			// into the next one's turn: it is made up for in three seconds.
			if got < 0.98*float64(tt.rate) || got > 1.02*float64(tt.rate) || most > tt.rate*6/5+4 || three > 3*tt.rate*21/20+4 {
				t.Errorf("%.1f a second, at most %d in one and %d in three", got, most, three)
			}
		})
	}
	t.Run("a 429 for all", func(t *testing.T) {
		const chats = 3000
		server := storetest.NewServer(t, "fsync=on")
		office, api := newArrivals(t)
		var angry atomic.Bool
		office.bad = func(int64, int) (int, string, bool) {
			return http.StatusTooManyRequests, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 6","parameters":{"retry_after":6}}`, angry.Load()
		}
		for range 3 {
			startReplica(t, server.URL, api, "--send-rate", "300")
		}
		owedTo(t, server.URL, chats)
		within(t, 20*time.Second, "digests come", func() bool { return office.reached() > 500 })
		angry.Store(true)
		time.Sleep(2 * time.Second)
		office.mu.Lock()
		before := len(office.times)
		office.mu.Unlock()
		time.Sleep(2 * time.Second)
		office.mu.Lock()
		tried := len(office.times) - before
		office.mu.Unlock()
		angry.Store(false)
		within(t, time.Minute, "every chat has its digest", func() bool { return office.reached() == chats })
		t.Logf("%d calls in two seconds of a pause", tried)
		if tried > 3 { // a probe of each
			t.Errorf("%d messages were tried while everybody was told to wait", tried)
		}
		if lost, twice := office.told(chats); lost+twice > 0 {
			t.Errorf("%d lost, %d twice", lost, twice)
		}
	})
}

// Replicas are replaced one after the other under load: nothing is lost and nothing comes twice.
func TestRollingUpdateLosesAndDoublesNothing(t *testing.T) {
	besideOtherTests(t)
	const chats = 4000
	server, office, api := owing(t, chats)
	var fleet []*member
	for range 3 {
		fleet = append(fleet, startReplica(t, server.URL, api, "--send-rate", "200"))
	}
	within(t, 15*time.Second, "digests come", func() bool { return office.reached() > 300 })
	for i, old := range fleet {
		fleet[i] = startReplica(t, server.URL, api, "--send-rate", "200")
		time.Sleep(2 * time.Second)
		_ = old.Process.Signal(syscall.SIGTERM)
		state, err := old.Process.Wait()
		if err != nil || state.ExitCode() != 0 {
			t.Errorf("it ended with %v, %v", state, err)
		}
	}
	office.allTold(t, 2*time.Minute, chats, 0)
}

// Updates that Telegram sends to three replicas, some of which fail or break off, are handled once
// each, a chat's in order. It sends a chat's next one once the one before was taken, as Telegram does.
func TestWebhooksOfReplicasHandleEachUpdateOnceAndInOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes its time")
	}
	const chats, each = 50, 20
	server := storetest.NewServer(t, "fsync=on")
	var mu sync.Mutex
	answered := map[string][]string{} // by chat
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sendMessage") {
			if err := r.ParseMultipartForm(1 << 20); err == nil {
				mu.Lock()
				answered[r.FormValue("chat_id")] = append(answered[r.FormValue("chat_id")], r.FormValue("text"))
				mu.Unlock()
			}
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		}
		(&postOffice{got: map[int64]int{}}).ServeHTTP(w, r)
	}))
	defer api.Close()
	const secret = "s3cret"
	var fleet []*member
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := l.Addr().String()
		_ = l.Close()
		m := startReplica(t, server.URL, api.URL, "--listen", address, "--webhook-url", "http://127.0.0.1:1/hook", "--webhook-secret", secret, "--ask-burst", "1000", "--ask-rate", "1000")
		m.address = address
		fleet = append(fleet, m)
	}
	for _, m := range fleet {
		within(t, 15*time.Second, "it is ready", func() bool {
			resp, err := http.Get("http://" + m.address + "/healthz")
			if err == nil {
				resp.Body.Close()
			}
			return err == nil
		})
	}
	var wg sync.WaitGroup
	var resent atomic.Int64
	for chat := range chats {
		wg.Go(func() {
			for n := range each {
				id := chat*each + n + 1
				body, _ := json.Marshal(map[string]any{"update_id": id, "message": map[string]any{
					"message_id": n + 1, "date": time.Now().Unix(), "text": fmt.Sprintf("%d usd in kzt", 100+n),
					"chat": map[string]any{"id": chat + 1, "type": "private"}, "from": map[string]any{"id": chat + 1, "first_name": "x", "language_code": "en"},
				}})
				for !sendUpdate(fleet[rand.IntN(3)].address, secret, body) {
					resent.Add(1)
					time.Sleep(50 * time.Millisecond)
				}
			}
		})
	}
	wg.Wait()
	all := 0
	within(t, 30*time.Second, "all are answered", func() bool {
		mu.Lock()
		defer mu.Unlock()
		all = 0
		for _, texts := range answered {
			all += len(texts)
		}
		return all >= chats*each
	})
	disordered := 0
	for chat, texts := range answered {
		for n, text := range texts {
			if n < each && !strings.Contains(text, fmt.Sprintf("%d", 100+n)) {
				disordered++
				t.Logf("chat %s, answer %d: %q", chat, n, text)
				break
			}
		}
	}
	t.Logf("%d updates, %d answers, %d sent again, %d chats out of order", chats*each, all, resent.Load(), disordered)
	if all != chats*each || disordered > 0 {
		t.Errorf("%d answers to %d updates, %d chats out of order", all, chats*each, disordered)
	}
}

// sendUpdate sends an update as Telegram does, and breaks off or takes it for refused now and then.
func sendUpdate(address, secret string, body []byte) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if rand.IntN(10) == 0 { // the connection is cut while it is handled
		time.AfterFunc(time.Duration(rand.IntN(30))*time.Millisecond, cancel)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/hook", strings.NewReader(string(body)))
	if err != nil {
		return false
	}
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK && rand.IntN(20) != 0 // a balancer's own 503
}

// The replica that polls is killed while people ask: each is answered, by whoever polls next.
func TestPollingGoesOnWhenItsReplicaIsKilled(t *testing.T) {
	besideOtherTests(t)
	server := storetest.NewServer(t, "fsync=on")
	town := &town{chats: 200, waiting: map[int64]int{}}
	api := httptest.NewServer(town)
	defer api.Close()
	fleet := []*member{startReplica(t, server.URL, api.URL), startReplica(t, server.URL, api.URL)}
	polls := func() int {
		return slices.IndexFunc(fleet, func(m *member) bool { return m.leads("poller") })
	}
	within(t, 20*time.Second, "one polls", func() bool { return polls() >= 0 })
	for range 3 {
		town.say(100)
		time.Sleep(300 * time.Millisecond)
		victim := polls()
		fleet[victim].kill()
		fleet[victim] = startReplica(t, server.URL, api.URL)
		within(t, 15*time.Second, "another polls", func() bool { return polls() >= 0 })
	}
	within(t, 60*time.Second, "every question is answered", func() bool {
		town.mu.Lock()
		defer town.mu.Unlock()
		for _, n := range town.waiting {
			if n > 0 {
				return false
			}
		}
		return true
	})
}

// What is wrong with a PostgreSQL database is said in one line that says what to do and shows no password.
func TestWrongPostgresIsOneLine(t *testing.T) {
	server := storetest.NewServer(t)
	raw := storetest.Raw(t, server.URL)
	for _, q := range []string{
		`CREATE DATABASE other`, `CREATE DATABASE newer TEMPLATE template0`, `CREATE ROLE crowded LOGIN CONNECTION LIMIT 0`, `CREATE ROLE guest LOGIN PASSWORD 'another'`, `CREATE ROLE reader LOGIN`,
	} {
		if _, err := raw.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	server.AskPassword(t, "guest")
	at := func(name, user string) string {
		u, _ := url.Parse(server.URL)
		u.Path = "/" + name
		q := u.Query()
		q.Set("user", user)
		q.Set("password", "sesame-open")
		u.RawQuery = q.Encode()
		return u.String()
	}
	for name, q := range map[string]string{
		"other": `CREATE TABLE customers (id INT)`,
		"newer": `CREATE TABLE chats (id INT); CREATE TABLE goose_db_version (version_id BIGINT); INSERT INTO goose_db_version VALUES (999)`,
	} {
		db := storetest.Raw(t, at(name, "habar"))
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, where, want string }{
		{"another program's", at("other", "habar"), "tables of another program"},
		{"a newer habar's", at("newer", "habar"), "run a newer habar"},
		{"not there", at("nowhere", "habar"), "create it first"},
		{"a wrong password", at("postgres", "guest"), "refuses user or password"},
		{"no connection left", at("postgres", "crowded"), "no connection left"},
		{"no right to make tables", at("postgres", "reader"), "may not create tables"},
		{"no server", "postgres://habar:sesame-open@127.0.0.1:1/habar", "cannot be reached"},
		{"no URL", "postgres://habar:sesame-open@[::1/habar", "cannot be read"},
	} {
		var out, log lockedBuffer
		t.Setenv("HABAR_DB", tt.where)
		code := run(t.Context(), []string{"serve", "--token", "1:x", "--listen", "127.0.0.1:0"}, strings.NewReader(""), &out, &log)
		said := strings.TrimSpace(log.String())
		if code == exitDone || !strings.Contains(said, tt.want) || strings.Contains(said, "\n") || strings.Contains(said+out.String(), "sesame") {
			t.Errorf("%s: status %d: %s", tt.name, code, said)
		}
	}
}

// Another bot's database, and another program's webhook, are refused.
func TestWhatIsAnotherBotsIsLeftAlone(t *testing.T) {
	var ended atomic.Int64
	id, hook := atomic.Int64{}, atomic.Value{}
	id.Store(1)
	hook.Store("")
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/getMe"):
			fmt.Fprintf(w, `{"ok":true,"result":{"id":%d,"is_bot":true,"first_name":"h","username":"h_bot"}}`, id.Load())
		case strings.HasSuffix(r.URL.Path, "/getWebhookInfo"):
			fmt.Fprintf(w, `{"ok":true,"result":{"url":%q}}`, hook.Load())
		case strings.HasSuffix(r.URL.Path, "/getUpdates"):
			<-r.Context().Done()
		default:
			if strings.HasSuffix(r.URL.Path, "/deleteWebhook") {
				ended.Add(1)
			}
			io.WriteString(w, `{"ok":true,"result":true}`)
		}
	}))
	defer api.Close()
	t.Setenv("HABAR_DB", t.TempDir()+"/habar.db")
	serve := func(more ...string) (code int, said string) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		var out, log lockedBuffer
		code = run(ctx, append([]string{"serve", "--token", "1:x", "--api", api.URL, "--listen", "127.0.0.1:0", "--sources", "none", "--feeds", "none"}, more...), strings.NewReader(""), &out, &log)
		return code, log.String()
	}
	if code, said := serve(); code != exitDone {
		t.Fatalf("the first time: %d, %s", code, said)
	}
	hook.Store("https://other.example/secret-path")
	before := ended.Load()
	if code, said := serve(); code == exitDone || !strings.Contains(said, "webhook at other.example") || strings.Contains(said, "secret-path") || ended.Load() != before {
		t.Errorf("another program's webhook: %d, ended %d times: %s", code, ended.Load()-before, said)
	}
	if code, said := serve("--take-over"); code != exitDone || ended.Load() != before+1 {
		t.Errorf("taken over: %d: %s", code, said)
	}
	hook.Store("")
	id.Store(2)
	if code, said := serve(); code == exitDone || !strings.Contains(said, "belongs to the bot with the id 1") {
		t.Errorf("another bot: %d: %s", code, said)
	}
}

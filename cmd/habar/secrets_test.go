package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const secretFeed = `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Outlet</title><link>%[1]s/</link>
<item><title>Kazakhstan raises wheat exports to Uzbekistan</title><link>%[1]s/wheat</link><pubDate>%[2]s</pubDate>
<content:encoded>Kazakhstan raised its exports of wheat to Uzbekistan this year. The ministry in Astana said on Monday that farmers sold more. Traders in Tashkent expect the prices to stay where they are. Railways opened a second crossing at the border. A storehouse will be built in spring. The port will be ready by then.</content:encoded></item></channel></rss>`

// With every failure injected, each of which repeats what it was asked with, nothing that habar
// writes at its most talkative holds a secret: no log, no output, no measurement, no database, no
// message.
func TestNoSecretIsWrittenAnywhere(t *testing.T) {
	secrets := map[string]string{
		"token": "123456:VERYsecretTOKENvery", "webhook secret": "VERYsecretHOOKvery", "model's key": "VERYsecretKEYvery",
		"password of an address": "VERYsecretPASSvery", "parameter of an address": "VERYsecretPARAMvery",
	}
	var asked, told, connecting atomic.Int64
	var said lockedBuffer // what people were sent
	mirror := func(w http.ResponseWriter, r *http.Request, status int) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":%q,"error":{"message":%q}}`, status, r.URL.String()+string(body), r.URL.String()+r.Header.Get("Authorization"))
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/getMe"):
			io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"h","username":"h_bot"}}`)
		case strings.HasSuffix(r.URL.Path, "/sendMessage"):
			body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
			said.Write(body)
			switch n := told.Add(1); n % 5 {
			case 0:
				panic(http.ErrAbortHandler)
			case 1:
				http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.Path, http.StatusTemporaryRedirect)
			case 2:
				io.WriteString(w, r.URL.Path)
			default:
				mirror(w, r, []int{400, 401, 403, 404, 409, 500, 502}[n%7])
			}
		case strings.HasPrefix(r.URL.Path, "/bot") && connecting.Add(1) > 1: // the first call fails, and none once it is connected
			io.WriteString(w, `{"ok":true,"result":true}`)
		case strings.HasPrefix(r.URL.Path, "/bot"):
			mirror(w, r, http.StatusBadRequest)
		case strings.HasPrefix(r.URL.Path, "/v1"):
			asked.Add(1)
			mirror(w, r, http.StatusUnauthorized)
		case r.URL.Path == "/feed":
			fmt.Fprintf(w, secretFeed, server.URL, time.Now().UTC().Add(-time.Hour).Format(time.RFC1123Z))
		case r.URL.Path == "/cut":
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/away":
			http.Redirect(w, r, "http://user:"+secrets["password of an address"]+"@127.0.0.1:1/?key="+secrets["parameter of an address"], http.StatusFound)
		default:
			mirror(w, r, http.StatusInternalServerError)
		}
	})
	server.Start()
	defer server.Close()
	address := func(path string) string {
		return strings.Replace(server.URL, "http://", "http://user:"+secrets["password of an address"]+"@", 1) + path + "?key=" + secrets["parameter of an address"]
	}
	db, listen := owed(t, 12), closedPort(t)
	for name, value := range map[string]string{
		"HABAR_DB": db, "HABAR_LISTEN": listen, "HABAR_LOG_LEVEL": "debug",
		"HABAR_TELEGRAM_TOKEN": secrets["token"], "HABAR_TELEGRAM_API": server.URL,
		"HABAR_WEBHOOK_URL": "https://habar.example/hook", "HABAR_WEBHOOK_SECRET": secrets["webhook secret"],
		"HABAR_LLM_URL": server.URL + "/v1", "HABAR_LLM_MODEL": "m", "HABAR_LLM_KEY": secrets["model's key"],
		"HABAR_SOURCES": "nbk,cbu,nbt,erapi", "HABAR_NBK_URL": address("/nbk"), "HABAR_CBU_URL": address("/cut"), "HABAR_NBT_URL": address("/away"),
		"HABAR_ERAPI_URL": "http://user:" + secrets["password of an address"] + "@127.0.0.1:1/?key=" + secrets["parameter of an address"],
		"HABAR_FEEDS":     strings.Join([]string{address("/feed"), address("/none"), address("/cut"), address("/away")}, ","), "HABAR_WORLDBANK_URL": address("/worldbank/{countries}/{indicator}/{from}/{to}"),
		"HABAR_ADMINS": "1", "HABAR_BACKFILL": "3",
	} {
		t.Setenv(name, value)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, log, scraped lockedBuffer
	exited := make(chan int, 1)
	go func() { exited <- run(ctx, []string{"serve"}, strings.NewReader(""), &out, &log) }()
	eventually(t, "habar to listen", func() bool {
		conn, err := net.Dial("tcp", listen)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	base := "http://" + listen
	hook := func(secret, body string) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/hook", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			resp.Body.Close()
		}
	}
	hook("wrong", `{}`)
	for i, text := range []string{"/sources", "/rates", "/stats", "/broadcast hello", "/alert USD/KZT > 1", "/feeds add " + address("/away")} {
		hook(secrets["webhook secret"], fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{"id":1,"type":"private"},"from":{"id":1,"first_name":"A"},"text":%q}}`, i+1, i+1, time.Now().Unix(), text))
	}
	eventually(t, "the model to be asked, feeds to be read and people to be written to", func() bool {
		return asked.Load() > 0 && told.Load() >= 10 && strings.Contains(log.String(), "rates")
	})
	for _, path := range []string{"/metrics", "/readyz", "/healthz"} {
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, base+path, http.NoBody)
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			body, _ := io.ReadAll(resp.Body)
			scraped.Write(body)
			resp.Body.Close()
		}
	}
	cancel()
	<-exited
	var doctor, complaints lockedBuffer
	run(t.Context(), []string{"doctor"}, strings.NewReader(""), &doctor, &complaints)
	run(t.Context(), []string{"doctor", "--json"}, strings.NewReader(""), &doctor, &complaints)
	run(t.Context(), []string{"rates"}, strings.NewReader(""), &doctor, &complaints)
	run(t.Context(), []string{"news"}, strings.NewReader(""), &doctor, &complaints)

	written := map[string]string{"log and output": log.String() + out.String(), "metrics and health": scraped.String(), "doctor, rates, news": doctor.String() + complaints.String(), "messages": said.String()}
	files, err := filepath.Glob(db + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		bytes, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		written["file "+filepath.Base(f)] = string(bytes)
	}
	for where, text := range written {
		if text == "" && !strings.HasSuffix(where, ".lock") {
			t.Errorf("%s: nothing was written, so that nothing is shown", where)
		}
		for what, secret := range secrets {
			if strings.HasPrefix(where, "file ") && strings.HasSuffix(what, " of an address") {
				continue // a feed is known by its address
			}
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s: the %s is in it: …%s…", where, what, text[max(0, i-200):min(len(text), i+100)])
			}
		}
	}
}

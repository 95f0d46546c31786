package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var metricName = regexp.MustCompile(`\b(?:habar|process|go)_[a-z_]+`)

// TestOpsNameRealMetrics: the alerting rules and the dashboard ask for nothing that the program
// does not tell, and promtool takes the rules where it is installed.
func TestOpsNameRealMetrics(t *testing.T) {
	banks := bankServer(t)
	h := serve(t, banks.env())
	h.until("1002", "/rates", "НБ Казахстана")
	resp, err := http.Get(h.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	told := string(body)
	for _, want := range []string{`habar_events_total{event="command",label="rates",result="ok"}`, `habar_chats{language="ru"} 1`, "habar_build_info{version=", "habar_outbox_deliveries 0", `habar_source_last_success_seconds{source="nbk"}`} {
		if !strings.Contains(told, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(told, `"1002"`) { // as a label: figures may hold any digits
		t.Error("a chat's id is in the metrics")
	}
	for _, file := range []string{"alerts.yml", "dashboard.json"} {
		text, err := os.ReadFile(filepath.Join("ops", file))
		if err != nil {
			t.Fatal(err)
		}
		names := metricName.FindAllString(string(text), -1)
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, name := range names {
			if !strings.Contains(told, "\n"+name+"{") && !strings.Contains(told, "\n"+name+" ") {
				t.Errorf("%s asks for %s, which nobody tells", file, name)
			}
		}
	}
	var dashboard struct{ Panels []any }
	text, _ := os.ReadFile("ops/dashboard.json") // read above
	if err := json.Unmarshal(text, &dashboard); err != nil || len(dashboard.Panels) < 10 {
		t.Errorf("the dashboard: %d panels, %v", len(dashboard.Panels), err)
	}
}

// TestAlertingRulesFire: each rule fires when it should and none else, as promtool sees it.
func TestAlertingRulesFire(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here (Debian's package prometheus has it)")
	}
	for _, args := range [][]string{{"check", "rules", "ops/alerts.yml"}, {"test", "rules", "ops/alerts_test.yml"}} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %s", strings.Join(args, " "), out)
		}
	}
}

func TestMetricsAreNotForEverybody(t *testing.T) {
	h := serve(t, map[string]string{"HABAR_SOURCES": "none", "HABAR_FEEDS": "none"})
	req, err := http.NewRequest(http.MethodGet, h.address+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", "203.0.113.7")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("through a proxy: %s", resp.Status)
	}
}

// TestSystemdIsTold: that it is ready, that it lives, that it stops.
func TestSystemdIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenPacket("unixgram", path)
	if err != nil {
		t.Skip("no such sockets here:", err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "20000")
	h := serve(t, map[string]string{"HABAR_SOURCES": "none", "HABAR_FEEDS": "none"})
	hear := func(want string) {
		t.Helper()
		buffer := make([]byte, 64)
		for {
			_ = socket.SetReadDeadline(time.Now().Add(10 * time.Second))
			n, _, err := socket.ReadFrom(buffer)
			if err != nil {
				t.Fatalf("waited in vain for %s: %v", want, err)
			}
			if string(buffer[:n]) == want {
				return
			}
		}
	}
	hear("READY=1")
	hear("WATCHDOG=1")
	go h.stop()
	hear("STOPPING=1")
}

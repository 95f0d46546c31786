package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"habar/digest/health"
)

// checksOf asks one of the addresses that tell how habar is.
func checksOf(t *testing.T, address string) (status int, wrong map[string]string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Checks []health.Check }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	wrong = map[string]string{}
	for _, c := range answer.Checks {
		if !c.OK {
			wrong[c.Name] = c.Detail
		}
	}
	return resp.StatusCode, wrong
}

// TestReadyTellsTheTruth: a database file that is gone is not ready, with the reason, and ready
// again when it is back; the process is alive all the while.
func TestReadyTellsTheTruth(t *testing.T) {
	h := serve(t, map[string]string{"HABAR_SOURCES": "none", "HABAR_FEEDS": "none"})
	db := os.Getenv("HABAR_DB")
	eventually(t, "readiness", func() bool {
		status, _ := checksOf(t, h.address+"/readyz")
		return status == http.StatusOK
	})
	if err := os.Rename(db, db+".away"); err != nil {
		t.Fatal(err)
	}
	if status, wrong := checksOf(t, h.address+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(wrong["database"], "removed or replaced") {
		t.Errorf("without its file: %d, %v", status, wrong)
	}
	if status, wrong := checksOf(t, h.address+"/healthz"); status != http.StatusOK {
		t.Errorf("alive without its file: %d, %v", status, wrong)
	}
	if err := os.Rename(db+".away", db); err != nil {
		t.Fatal(err)
	}
	if status, wrong := checksOf(t, h.address+"/readyz"); status != http.StatusOK {
		t.Errorf("with its file again: %d, %v", status, wrong)
	}
}

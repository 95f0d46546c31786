package bank

import (
	"runtime"
	"strings"
	"testing"
)

// An answer that nests without end or is all elements is refused in every form in which banks
// answer; none takes more than a few times its size.
func TestAnswersMadeToTakeMemoryAreRefused(t *testing.T) {
	hostile := map[string][]byte{
		"nested XML":   []byte("<rates>" + strings.Repeat("<item>", 300_000)),
		"flat XML":     []byte("<rates>" + strings.Repeat("<item/>", 300_000) + "</rates>"),
		"nested JSON":  []byte(strings.Repeat("[", 1_000_000)),
		"nested names": []byte(strings.Repeat(`{"a":`, 300_000)),
		"open cells":   []byte("<table>" + strings.Repeat("<tr><td>", 300_000)),
	}
	for _, s := range All() {
		if s.Parse == nil {
			continue
		}
		for name, body := range hostile {
			if quotes, err := s.Parse(body); err == nil || len(quotes) > 0 {
				t.Errorf("%s took %s for an answer: %d quotes, %v", s.Name, name, len(quotes), err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = s.Parse(body)
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 40*uint64(len(body)) {
				t.Errorf("%s took %d MB for %s of %d MB", s.Name, took>>20, name, len(body)>>20)
			}
		}
	}
}

package clip

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClip(t *testing.T) {
	tests := []struct {
		name, in            string
		n                   int
		runes, words, bytes string
	}{
		{"short enough", "тенге", 10, "тенге", "тенге", "тенге"},
		{"exactly as long", "tenge", 5, "tenge", "tenge", "tenge"},
		{"one over", "tenges", 5, "teng…", "tenge…", "tenge"},
		{"at a space", "one two three", 9, "one two …", "one two…", "one two t"},
		{"Cyrillic is two bytes a letter", "сомони", 3, "со…", "сом…", "с"},
		{"nothing", "", 3, "", "", ""},
		{"to nothing", "abc", 0, "", "…", ""},
	}
	for _, tt := range tests {
		if got := Runes(tt.in, tt.n); got != tt.runes {
			t.Errorf("%s: Runes = %q, want %q", tt.name, got, tt.runes)
		}
		if got := Words(tt.in, tt.n); got != tt.words {
			t.Errorf("%s: Words = %q, want %q", tt.name, got, tt.words)
		}
		if got := Bytes(tt.in, tt.n); got != tt.bytes {
			t.Errorf("%s: Bytes = %q, want %q", tt.name, got, tt.bytes)
		}
	}
}

func TestClipNeverCutsACharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(0, 40).Draw(t, "n")
		r, b := Runes(s, n), Bytes(s, n)
		if !utf8.ValidString(r) || !utf8.ValidString(b) || utf8.RuneCountInString(r) > n || len(b) > n {
			t.Errorf("Runes(%q, %d) = %q, Bytes %q", s, n, r, b)
		}
		if w := Words(s, n); !utf8.ValidString(w) || utf8.RuneCountInString(w) > n+1 {
			t.Errorf("Words(%q, %d) = %q", s, n, w)
		}
	})
}

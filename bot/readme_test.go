package bot

import (
	"os"
	"slices"
	"strings"
	"testing"

	"habar/bot/message"
)

// A command is a file and a line in the list: its words, its golden message and its line
// in README's table are named here where they are missing.
func TestEveryCommandIsDocumentedAndShown(t *testing.T) {
	b, _ := newBot(t)
	body, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.commands {
		if c.Operators { // TestOperatorsSeeHowHabarIsDoing and TestBroadcastReachesAllChatsOnce show them
			if !strings.Contains(string(body), "`/"+c.Name) {
				t.Errorf("/%s has no line in README's table", c.Name)
			}
			continue
		}
		for _, lack := range lacksOf(c.Name, string(body)) {
			t.Errorf("/%s has no %s", c.Name, lack)
		}
	}
	if got := lacksOf("zzz", string(body)); len(got) != 2+len(message.Languages()) {
		t.Errorf("a new command lacks %q, want its README line, its golden message and its words in every language", got)
	}
}

func lacksOf(name, readme string) (lacks []string) {
	if !strings.Contains(readme, "`/"+name) {
		lacks = append(lacks, "line in README's table")
	}
	if !slices.ContainsFunc(goldenSteps, func(s struct{ name, text string }) bool {
		return s.text == "/"+name || strings.HasPrefix(s.text, "/"+name+" ")
	}) {
		lacks = append(lacks, "golden message: add a step to goldenSteps")
	}
	for _, tag := range message.Languages() {
		if help := message.CommandHelp(name, tag); help == "" || strings.HasPrefix(help, "command.") || len(help) > 256 {
			lacks = append(lacks, "menu line of at most 256 bytes, command."+name+" in locales/"+tag.String()+".toml")
		}
	}
	return lacks
}

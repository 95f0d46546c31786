package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"habar/digest/rates/bank"
)

const root = "../.."

func readme(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// sources returns the text of all files below the root with an ending.
func sources(t *testing.T, ending string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ending) {
			return err
		}
		body, err := os.ReadFile(path)
		all.Write(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// Every test that README names as showing a guarantee exists under that name.
func TestReadmeNamesTestsThatExist(t *testing.T) {
	code := sources(t, "_test.go")
	names := regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+…?`).FindAllString(readme(t), -1)
	if len(names) < 20 {
		t.Fatalf("only %d tests are named in README", len(names))
	}
	for _, name := range names {
		want := "func " + strings.TrimSuffix(name, "…")
		if !strings.HasSuffix(name, "…") {
			want += "("
		}
		if !strings.Contains(code, want) {
			t.Errorf("README names %s, which does not exist", name)
		}
	}
}

// Every flag's variable and every source's is in README's table.
func TestReadmeNamesEveryVariable(t *testing.T) {
	text := readme(t)
	for _, s := range bank.All() {
		if s.Env != "" && !strings.Contains(text, "`"+s.Env+"`") {
			t.Errorf("README does not name %s", s.Env)
		}
	}
	for _, name := range regexp.MustCompile(`env:"(HABAR_\w+)"`).FindAllStringSubmatch(sources(t, ".go"), -1) {
		if !strings.Contains(text, "`"+name[1]+"`") {
			t.Errorf("README does not name %s", name[1])
		}
	}
}

// Every operator command is in README's table and is tried by a script or a test of its own.
func TestEveryOperatorCommandIsDocumentedAndTried(t *testing.T) {
	text := readme(t)
	tried := sources(t, ".txtar") + sources(t, "cmd/habar/main_test.go") + sources(t, "cmd/habar/serve_test.go")
	for f := range reflect.TypeFor[cli]().Fields() {
		if _, isCommand := f.Tag.Lookup("cmd"); !isCommand {
			continue
		}
		name := strings.ToLower(f.Name)
		if !strings.Contains(text, "habar "+name) {
			t.Errorf("README's table of commands has no `habar %s`", name)
		}
		script := regexp.MustCompile(`(?m)^!? ?habar ` + name + `\b`)
		started := regexp.MustCompile(`\[\]string\{[^}]*"` + name + `"`) // a server is not for a script
		if !script.MatchString(tried) && !started.MatchString(tried) {
			t.Errorf("no script in testdata/script tries habar %s", name)
		}
	}
}

// Every folder of code stands in README's picture of the tree.
func TestReadmeDrawsEveryFolder(t *testing.T) {
	text := readme(t)
	for _, pattern := range []string{"*", "*/*", "*/*/*"} {
		folders, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			code, _ := filepath.Glob(filepath.Join(folder, "*.go"))
			if len(code) > 0 && !strings.Contains(text, filepath.Base(folder)+"/") {
				t.Errorf("README's tree has no %s/", filepath.Base(folder))
			}
		}
	}
}

package jsonlines_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/jsonlines"
	"github.com/pwcol/pwcol/microbatch"
)

// eventually waits until the file at path holds what ok accepts.
func eventually(t *testing.T, path string, ok func(string) bool) {
	t.Helper()
	var text []byte
	for range 10_000 {
		text, _ = os.ReadFile(path)
		if ok(string(text)) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s holds\n%s", path, text)
}

func TestAStreamFromFilesToFiles(t *testing.T) {
	dir := t.TempDir()
	out, changes := filepath.Join(dir, "out.jsonl"), filepath.Join(dir, "changes.jsonl")
	logs := filepath.Join(dir, "logs")
	if err := os.Mkdir(logs, 0o700); err != nil {
		t.Fatal(err)
	}
	in := jsonlines.Watch(logs, pw.NewSchema(pw.String("k"), pw.Int64("n")), jsonlines.Interval(time.Millisecond))
	sums := in.GroupBy("k").Reduce(pw.Sum("n").As("n"))
	h, err := microbatch.Start(context.Background(), jsonlines.Write(in, out), jsonlines.WriteChanges(sums, changes))
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(logs, "a.jsonl")
	if err := os.WriteFile(log, []byte("{\"k\":\"a\",\"n\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, out, func(s string) bool { return s == "{\"k\":\"a\",\"n\":1}\n" })
	f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString("{\"k\":\"a\",\"n\":2}\n")
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, changes, func(s string) bool {
		return strings.Count(s, "\n") == 3 && strings.Contains(s, `"n":1,"time":`) && strings.Contains(s, `"n":3,"time":`) && strings.Contains(s, `"diff":-1}`)
	})
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := microbatch.Run(context.Background(), jsonlines.Write(in, out)); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a file with rows is written on: %v", err)
	}
}

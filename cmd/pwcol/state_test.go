package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
)

// makeState runs a stream to its end, and leaves its state in dir/state.
func makeState(t *testing.T, dir string) {
	t.Helper()
	type row struct{ ID, Group int64 }
	rows := generate.Rows(func(n int64) row { return row{n, n % 7} }, generate.Limit(1000))
	c := microbatch.Config{State: microbatch.State{Path: filepath.Join(dir, "state")}}
	if err := c.Run(t.Context(), csv.WriteChanges(rows.GroupBy("group").Reduce(pw.Count().As("n")), filepath.Join(dir, "out.csv"))); err != nil {
		t.Fatal(err)
	}
}

func TestState(t *testing.T) {
	dir := t.TempDir()
	makeState(t, dir)
	for _, c := range []struct{ args, want string }{
		{"ls", "state"},
		{"ls state", "runs"},
		{"show state", "aggregate by group"},
		{"show state", "journal: "},
		{"verify state", "whole"},
	} {
		got := pwcol(t, dir, append([]string{"state"}, strings.Fields(c.args)...)...).ok(t)
		if !strings.Contains(got.stdout, c.want) {
			t.Errorf("state %s: %q is not in\n%s", c.args, c.want, got.stdout)
		}
	}
	blocks, err := filepath.Glob(filepath.Join(dir, "state", "blocks", "*"))
	if err != nil || len(blocks) == 0 {
		t.Fatalf("blocks %v, %v", blocks, err)
	}
	for _, b := range blocks {
		data, err := os.ReadFile(b)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)-1] ^= 1
		if err := os.WriteFile(b, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pwcol(t, dir, "state", "verify", "state").complained(t, exitFailed, "checksum")
	pwcol(t, dir, "state", "rm", "state").ok(t)
	if _, err := os.Stat(filepath.Join(dir, "state")); !os.IsNotExist(err) {
		t.Errorf("the state is still there: %v", err)
	}
	pwcol(t, dir, "state", "ls").complained(t, exitFailed, "there is no state")
	pwcol(t, dir, "state", "show", "state").complained(t, exitFailed, "there is no state")
	pwcol(t, dir, "state", "rm", ".").complained(t, exitFailed, "out.csv")
}

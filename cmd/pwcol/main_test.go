package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// program is the command, built once for all tests.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pwcol-test-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "pwcol")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// ran is what a run of the program gave.
type ran struct {
	code           int
	stdout, stderr string
}

// pwcol runs the program in dir.
func pwcol(t *testing.T, dir string, args ...string) ran { return pwcolWith(t, dir, "", args...) }

// pwcolWith is pwcol with that standard input.
func pwcolWith(t *testing.T, dir, stdin string, args ...string) ran {
	t.Helper()
	return runCommand(t, dir, stdin, append([]string{program}, args...)...)
}

func runCommand(t *testing.T, dir, stdin string, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("%v did not end", args)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// ok demands that the run went well.
func (r ran) ok(t *testing.T) ran {
	t.Helper()
	if r.code != exitOK {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	return r
}

// complained demands an exit code and one line of error that holds all of the texts.
func (r ran) complained(t *testing.T, code int, texts ...string) {
	t.Helper()
	t.Log(r.stderr)
	if r.code != code {
		t.Errorf("exit code %d, not %d; %s", r.code, code, r.stderr)
	}
	if !strings.HasPrefix(r.stderr, "pwcol: ") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("not one line that begins with pwcol: %q", r.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(r.stderr, text) {
			t.Errorf("no %q in %q", text, r.stderr)
		}
	}
	for _, bad := range []string{"panic", "goroutine", ".go:"} {
		if strings.Contains(r.stderr, bad) {
			t.Errorf("%q in %q", bad, r.stderr)
		}
	}
}

// write makes a file in dir and returns its name.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// holds demands that dir has those files, hidden ones included, and no others.
func holds(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("the folder holds %q, not %q", got, names)
	}
}

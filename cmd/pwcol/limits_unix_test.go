//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A limit on the size of files is what a full disk looks like to a program.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.csv", "a\n"+randomLines(200_000))
	for _, out := range []string{"out.csv", "out.parquet"} {
		r := runCommand(t, dir, "", "sh", "-c", `ulimit -f 64; exec "$0" convert a.csv `+out, program)
		r.complained(t, exitFailed, out, "file too large")
		holds(t, dir, "a.csv")
	}
}

func TestFullDevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	write(t, dir, "a.csv", "a\n1\n")
	pwcol(t, dir, "convert", "a.csv", "/dev/full", "--to", "csv").complained(t, exitFailed, "/dev/full", "no space left")
	info, err := os.Stat("/dev/full")
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Errorf("/dev/full isn't a device any more: %v %v", info, err)
	}
}

func TestInterrupt(t *testing.T) {
	for _, c := range []struct{ name, in, out string }{
		{"converting to Parquet", "big.csv", "out.parquet"},
		{"converting to CSV", "big.csv", "out.csv"},
		{"waiting for standard input", "-", "out.parquet"},
		{"waiting for the first line", "-", "first.parquet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.in != "-" { // 100 MB that take much longer to convert than to notice the signal
				write(t, dir, c.in, "a\n"+strings.Repeat(randomLines(100_000), 50))
			}
			interrupted(t, dir, c.in, c.out)
			if c.in != "-" {
				holds(t, dir, c.in)
			} else {
				holds(t, dir)
			}
		})
	}
}

// interrupted starts a conversion and sends it SIGINT as soon as it writes, or waits for its input.
func interrupted(t *testing.T, dir, in, out string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(program, "convert", in, out)
	cmd.Dir, cmd.Stderr = dir, &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "first") {
		go func() { _, _ = io.WriteString(stdin, "a\n"+randomLines(1000)) }() // and then nothing comes
	}
	waitForTemporaryFile(dir, time.Second)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	endsInterrupted(t, cmd, &stderr)
}

// endsInterrupted waits for the program, which was sent SIGINT.
func endsInterrupted(t *testing.T, cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		_ = cmd.Process.Kill()
		t.Fatal("did not end")
	}
	last := stderr.String()
	if i := strings.LastIndex(last, "pwcol: "); i > 0 {
		last = last[i:]
	}
	ran{code: cmd.ProcessState.ExitCode(), stderr: last}.complained(t, exitInterrupted, "interrupted")
}

func TestInterruptedBenchmark(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	cmd := exec.Command(program, "bench", "compare", "--engines", "pwcol", "--data", "data", "--only", "seed_csv", "--rows", "100000000")
	cmd.Dir, cmd.Stderr, cmd.Env = dir, &stderr, append(os.Environ(), "TMPDIR="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForTemporaryFile(filepath.Join(dir, "data"), 10*time.Second)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	endsInterrupted(t, cmd, &stderr)
	holds(t, filepath.Join(dir, "data"))
	holds(t, dir, "data")
}

// Ctrl-C reaches the program and the one that it has started to measure: a terminal sends it to both.
func TestInterruptedBenchmarkOfStreams(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(program, "bench", "stream", "--rates", "1000", "--ticks", "1ms", "--duration", "1m")
	cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(pipe)
	if line, err := out.ReadString('\n'); err != nil || !strings.Contains(line, "runs: 1 of 1m0s") {
		t.Fatalf("it begins with %q, %v", line, err)
	}
	time.Sleep(100 * time.Millisecond)
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	endsInterrupted(t, cmd, bytes.NewBuffer(rest))
	holds(t, dir)
}

// waitForTemporaryFile waits until there is a hidden file in dir; it may never be, while input is awaited.
func waitForTemporaryFile(dir string, atMost time.Duration) {
	for end := time.Now().Add(atMost); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(dir, ".*")); len(found) > 0 {
			return
		}
	}
}

// randomLines is that many lines of numbers that don't compress well.
func randomLines(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 0, 20*n)
	for range n {
		b = strconv.AppendFloat(b, random.Float64(), 'f', -1, 64)
		b = append(b, '\n')
	}
	return string(b)
}

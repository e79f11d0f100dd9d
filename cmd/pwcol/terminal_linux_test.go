package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// On a terminal, work that takes longer than a second shows its progress, and erases it at the end.
func TestProgressOnATerminal(t *testing.T) {
	master, slave := openTerminal(t)
	defer master.Close()
	dir := t.TempDir()
	cmd := exec.Command(program, "convert", "-", "out.csv")
	cmd.Dir, cmd.Stderr = dir, slave
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	_, _ = io.WriteString(stdin, "a\n"+randomLines(200_000)) // enough for the columns' types, and a first block
	text := readUntil(t, master, " MB/s")
	stdin.Close()
	rest, _ := io.ReadAll(master) // until the program has closed its end
	text += string(rest)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, " rows, ") {
		t.Errorf("shown: %q", text)
	}
	last := text[strings.LastIndex(strings.TrimSuffix(text, "\r"), "\r"):]
	if strings.Trim(last, " \r") != "" || len(last) < 10 {
		t.Errorf("not erased: %q", text)
	}
}

// readUntil reads from the terminal until that text has come.
func readUntil(t *testing.T, master *os.File, want string) string {
	t.Helper()
	late := time.AfterFunc(20*time.Second, func() { master.Close() })
	defer late.Stop()
	var text []byte
	buf := make([]byte, 1024)
	for !strings.Contains(string(text), want) {
		n, err := master.Read(buf)
		if err != nil {
			t.Fatalf("%v; shown: %q", err, text)
		}
		text = append(text, buf[:n]...)
	}
	return string(text)
}

func TestNoProgressForQuickWork(t *testing.T) {
	master, slave := openTerminal(t)
	defer master.Close()
	dir := t.TempDir()
	write(t, dir, "a.csv", "a\n1\n")
	cmd := exec.Command(program, "convert", "a.csv", "out.csv")
	cmd.Dir, cmd.Stderr = dir, slave
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	if text, _ := io.ReadAll(master); len(text) != 0 {
		t.Errorf("shown: %q", text)
	}
}

// openTerminal makes a pseudo terminal: what the program writes to the second file can be read from the first.
func openTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skip(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skip(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	return master, slave
}

package csv_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/microbatch"
)

// eventually waits until the file at path holds want.
func eventually(t *testing.T, path, want string) {
	t.Helper()
	var text []byte
	for range 10_000 {
		text, _ = os.ReadFile(path)
		if string(text) == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s holds\n%swant\n%s", path, text, want)
}

// add adds text to the file at path.
func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, out ...pw.Output) *microbatch.Handle {
	t.Helper()
	h, err := microbatch.Start(context.Background(), out...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Cancel() })
	return h
}

// TestWatch: headers and rows come in pieces, quoted line breaks are part of rows, and columns have another order in another file.
func TestWatch(t *testing.T) {
	logs, out := t.TempDir(), filepath.Join(t.TempDir(), "out.csv")
	in := csv.Watch(logs, pw.NewSchema(pw.Int64("id"), pw.String("s")), csv.Interval(time.Millisecond), csv.OnBadRow(pw.Skip))
	h := start(t, csv.Write(in, out))
	a, b := filepath.Join(logs, "a.csv"), filepath.Join(logs, "b.csv")
	add(t, a, "id,")
	time.Sleep(5 * time.Millisecond)
	add(t, a, "s\n1,x\n2,\"a\n")
	eventually(t, out, "id,s\n1,x\n")
	add(t, a, "b\"\nx,bad\n")
	eventually(t, out, "id,s\n1,x\n2,\"a\nb\"\n")
	add(t, b, "s,id\ny,3\n")
	eventually(t, out, "id,s\n1,x\n2,\"a\nb\"\n3,y\n")
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
}

func TestWatchRewrittenFiles(t *testing.T) {
	logs, out := t.TempDir(), filepath.Join(t.TempDir(), "out.csv")
	path := filepath.Join(logs, "a.csv")
	add(t, path, "id\n1\n2\n")
	sum := func(p csv.RewrittenPolicy) *pw.Table {
		return csv.Watch(logs, csv.Interval(time.Millisecond), csv.Rewritten(p)).Reduce(pw.Sum("id").As("sum"))
	}
	h := start(t, csv.WriteChanges(sum(csv.Replaces).Select("sum"), out, csv.Header(false)))
	rows := func(want int) string {
		for range 10_000 {
			text, _ := os.ReadFile(out)
			if strings.Count(string(text), "\n") >= want {
				return string(text)
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("no %d changes", want)
		return ""
	}
	rows(3) // NULL, which is the sum of nothing, goes, and 3 comes
	time.Sleep(15 * time.Millisecond)
	if err := os.WriteFile(path+".new", []byte("id\n5\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(rows(5), "\n")[3:] // 3 goes and 7 comes, with no sum in between
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "3,") || !strings.HasSuffix(lines[0], ",-1") || !strings.HasPrefix(lines[1], "7,") {
		t.Errorf("changes %q", lines)
	}
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	h = start(t, csv.Write(csv.Watch(logs, csv.Interval(time.Millisecond)), out, csv.Overwrite()))
	eventually(t, out, "id\n5\n2\n")
	if err := os.WriteFile(path, []byte("id\n6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Wait(); err == nil || !strings.Contains(err.Error(), path+" was written anew") {
		t.Errorf("got %v", err)
	}
}

// TestRejectedThatMayGo: bad rows of files that may be written anew go with the file, so a file of them can only be their log.
func TestRejectedThatMayGo(t *testing.T) {
	logs, out := t.TempDir(), filepath.Join(t.TempDir(), "bad.csv")
	path := filepath.Join(logs, "a.csv")
	add(t, path, "id\n1\nx\n")
	bad := csv.Watch(logs, pw.NewSchema(pw.Int64("id")), csv.Interval(time.Millisecond), csv.Rewritten(csv.Replaces), csv.OnBadRow(pw.Reject)).Rejected()
	if _, err := microbatch.Start(t.Context(), csv.Write(bad, out)); err == nil || !strings.Contains(err.Error(), "csv.WriteChanges") {
		t.Errorf("got %v", err)
	}
	h := start(t, csv.WriteChanges(bad.Select("line", "value", "reason"), out, csv.Header(false)))
	lines := func(want int) []string {
		for range 10_000 {
			if text, _ := os.ReadFile(out); strings.Count(string(text), "\n") >= want {
				return strings.Split(string(text), "\n")
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("no %d changes", want)
		return nil
	}
	if first := lines(1)[0]; !strings.HasPrefix(first, "3,x,") || !strings.HasSuffix(first, ",1") {
		t.Errorf("rejected %q", first)
	}
	time.Sleep(15 * time.Millisecond)
	if err := os.WriteFile(path, []byte("id\n5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if gone := lines(2)[1]; !strings.HasPrefix(gone, "3,x,") || !strings.HasSuffix(gone, ",-1") {
		t.Errorf("then %q", gone)
	}
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
}

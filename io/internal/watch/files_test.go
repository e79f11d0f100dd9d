package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// folder is a watched folder in a test.
type folder struct {
	t   *testing.T
	dir string
	w   *Files
}

func newFolder(t *testing.T) *folder {
	t.Helper()
	dir := t.TempDir()
	w, err := New(dir, ".log")
	if err != nil {
		t.Fatal(err)
	}
	return &folder{t, dir, w}
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// do fails the test on an error.
func (f *folder) do(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// write writes the file anew, under its inode if it has one.
func (f *folder) write(name, text string) {
	f.t.Helper()
	f.do(os.WriteFile(f.path(name), []byte(text), 0o600))
}

func (f *folder) add(name, text string) {
	f.t.Helper()
	file, err := os.OpenFile(f.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	f.do(err)
	_, err = file.WriteString(text)
	f.do(err)
	f.do(file.Close())
}

// want scans, and takes all that there is if take is set.
func (f *folder) want(take bool, want string) {
	f.t.Helper()
	news, err := f.w.Scan()
	f.do(err)
	var got []string
	for _, n := range news {
		got = append(got, fmt.Sprintf("%s %s %d-%d", [...]string{"grown", "rewritten", "gone"}[n.Kind], filepath.Base(n.File.Path), n.File.Taken, n.File.Size))
		if !take || n.Kind == Gone {
			continue
		}
		file, ok, err := n.File.Open()
		f.do(err)
		if ok {
			f.do(n.File.Take(file, n.File.Size))
			f.do(file.Close())
		}
	}
	if s := strings.Join(got, ", "); s != want {
		f.t.Errorf("news %q, want %q", s, want)
	}
}

// later makes what is written from now on have another time.
func later() { time.Sleep(15 * time.Millisecond) }

func TestFilesGrow(t *testing.T) {
	f := newFolder(t)
	f.want(true, "")
	f.write("a.log", "1\n")
	f.write("b.log", "")
	f.write("c.txt", "no such ending")
	f.want(false, "grown a.log 0-2")
	f.want(true, "grown a.log 0-2") // until it is taken
	f.want(true, "")
	f.add("a.log", "2\n")
	f.add("b.log", "x")
	f.want(true, "grown a.log 2-4, grown b.log 0-1")
	f.want(true, "")
}

func TestARenamedFileIsTheSame(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are known by name")
	}
	f := newFolder(t)
	f.write("a.log", "1\n")
	f.want(true, "grown a.log 0-2")
	f.do(os.Rename(f.path("a.log"), f.path("b.log")))
	f.write("a.log", "new\n")
	f.want(true, "grown a.log 0-4")
	f.add("b.log", "2\n")
	f.want(true, "grown b.log 2-4")
}

func TestRewrittenFiles(t *testing.T) {
	f := newFolder(t)
	f.write("short.log", "1\n2\n")
	f.write("head.log", strings.Repeat("x", 10)+"\n")
	f.write("long.log", strings.Repeat("x", 3*headSize))
	f.want(true, "grown head.log 0-11, grown long.log 0-12288, grown short.log 0-4")
	later()
	f.write("short.log", "3\n")
	f.write("head.log", strings.Repeat("y", 20)+"\n")
	f.add("long.log", "y")
	f.want(true, "rewritten head.log 0-21, grown long.log 12288-12289, rewritten short.log 0-2")
	f.want(true, "")
	f.do(os.Chtimes(f.path("long.log"), time.Time{}, time.Now().Add(time.Hour)))
	f.want(true, "")
}

func TestFilesThatGo(t *testing.T) {
	f := newFolder(t)
	f.write("a.log", "1\n")
	f.want(true, "grown a.log 0-2")
	f.do(os.Rename(f.path("a.log"), f.path("a.hidden"))) // for a moment
	f.want(true, "")
	f.do(os.Rename(f.path("a.hidden"), f.path("a.log")))
	f.want(true, "")
	f.do(os.Remove(f.path("a.log")))
	for range patience - 1 {
		f.want(true, "")
	}
	f.want(true, "gone a.log 2-2")
	f.want(true, "")
}

// TestAFileUnderTheNameOfAnother: it is news when it is known that the other one is gone, and not only renamed.
func TestAFileUnderTheNameOfAnother(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are known by name")
	}
	f := newFolder(t)
	f.write("a.log", "1\n")
	f.write("b.log", "2\n")
	f.want(true, "grown a.log 0-2, grown b.log 0-2")
	f.write("new", "345\n")
	f.do(os.Rename(f.path("new"), f.path("a.log")))
	for range patience - 1 {
		f.want(true, "")
	}
	f.want(true, "gone a.log 2-2, grown a.log 0-4")
	f.want(true, "")
}

// TestAnotherFileWithTheInode: systems give a removed file's inode to the next one that is made.
func TestAnotherFileWithTheInode(t *testing.T) {
	f := newFolder(t)
	f.write("a.log", "1\n")
	f.want(true, "grown a.log 0-2")
	f.do(os.Rename(f.path("a.log"), f.path("b.log")))
	f.write("b.log", "x\n")
	f.want(true, "gone a.log 2-2, grown b.log 0-2")
}

func TestWhatCannotBeWatched(t *testing.T) {
	if _, err := New("-"); err == nil {
		t.Error("standard input is watched")
	}
	if _, err := New(filepath.Join(t.TempDir(), "none", "logs")); err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("got %v", err)
	}
}

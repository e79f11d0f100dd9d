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
	w, err := New(dir, false, ".log")
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
			p := make([]byte, n.File.Size-n.File.Taken)
			_, err := file.ReadAt(p, n.File.Taken)
			f.do(err)
			n.File.Take(p)
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

// TestRewrittenBehindTheHead: what was taken last tells, too.
func TestRewrittenBehindTheHead(t *testing.T) {
	f := newFolder(t)
	head := strings.Repeat("x", 2*headSize)
	f.write("a.log", head+"1\n2\n")
	f.want(true, "grown a.log 0-8196")
	later()
	f.write("a.log", head+"1\n3\n4\n")
	f.want(true, "rewritten a.log 0-8198")
}

// TestRewrittenInTheMiddle is found if it is asked for; when a file grows, as soon as it is at rest.
func TestRewrittenInTheMiddle(t *testing.T) {
	text := func(c string) string { return strings.Repeat("x", 2*headSize) + c + strings.Repeat("x", 2*tailSize) }
	for _, exact := range []bool{false, true} {
		f := newFolder(t)
		f.w.exact = exact
		f.write("a.log", text("1"))
		f.want(true, "grown a.log 0-16385")
		later()
		f.write("a.log", text("2"))
		f.want(true, map[bool]string{true: "rewritten a.log 0-16385"}[exact])
		later()
		f.write("a.log", text("3")+"4")
		f.want(true, "grown a.log 16385-16386")
		f.do(os.Chtimes(f.path("a.log"), time.Time{}, time.Now().Add(-settles)))
		f.want(true, map[bool]string{true: "rewritten a.log 0-16386"}[exact])
	}
}

// TestRewrittenWithinATick: a file that has the same time and size is looked at once more when any other change would have another time.
func TestRewrittenWithinATick(t *testing.T) {
	f := newFolder(t)
	at := time.Now().Add(200*time.Millisecond - settles)
	f.write("a.log", "1\n")
	f.do(os.Chtimes(f.path("a.log"), time.Time{}, at))
	f.want(true, "grown a.log 0-2")
	f.write("a.log", "2\n")
	f.do(os.Chtimes(f.path("a.log"), time.Time{}, at))
	time.Sleep(time.Until(at.Add(settles)))
	f.want(true, "rewritten a.log 0-2")
	f.want(true, "")
}

// TestRewrittenSinceTheScan: what is read then doesn't belong behind what was taken.
func TestRewrittenSinceTheScan(t *testing.T) {
	f := newFolder(t)
	f.write("a.log", "1\n")
	f.want(true, "grown a.log 0-2")
	f.add("a.log", "2\n")
	f.want(false, "grown a.log 2-4")
	holds := func(want bool) {
		t.Helper()
		for _, file := range f.w.known {
			open, _, err := file.Open()
			f.do(err)
			got, err := file.Holds(open)
			f.do(err)
			f.do(open.Close())
			if got != want {
				t.Errorf("it holds what was taken: %t", got)
			}
		}
	}
	holds(true)
	f.add("a.log", "3\n")
	holds(true)
	f.write("a.log", "4\n5\n6\n")
	holds(false)
}

// TestWhatIsNotWholeWaits: it is no news again before the file has changed.
func TestWhatIsNotWholeWaits(t *testing.T) {
	f := newFolder(t)
	f.write("a.log", "1")
	f.want(false, "grown a.log 0-1")
	for _, file := range f.w.known {
		file.Wait()
	}
	f.want(false, "")
	f.add("a.log", "2\n")
	f.want(true, "grown a.log 0-3")
}

// TestLinks: one to nothing hides no other file, and a file with several names is one file, known by the first.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are known by name")
	}
	f := newFolder(t)
	f.do(os.Symlink("nothing", f.path("0.log")))
	f.write("b.log", "1\n")
	f.do(os.Symlink("b.log", f.path("c.log")))
	f.do(os.Link(f.path("b.log"), f.path("d.log")))
	f.want(true, "grown b.log 0-2")
	f.add("d.log", "2\n")
	f.want(true, "grown b.log 2-4")
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
	if _, err := New("-", false); err == nil {
		t.Error("standard input is watched")
	}
	if _, err := New(filepath.Join(t.TempDir(), "none", "logs"), false); err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("got %v", err)
	}
}

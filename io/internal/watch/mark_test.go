package watch

import (
	"encoding/json"
	"os"
	"runtime"
	"testing"
)

// restart makes the folder be watched by another process, which knows the files' marks alone.
func (f *folder) restart(change func(*Mark)) {
	f.t.Helper()
	var marks []Mark
	for _, file := range f.w.known {
		m, err := file.Mark()
		f.do(err)
		data, err := json.Marshal(m)
		f.do(err)
		var again Mark
		f.do(json.Unmarshal(data, &again))
		change(&again)
		marks = append(marks, again)
	}
	w, err := New(f.dir, false, ".log")
	f.do(err)
	_, err = w.Resume(marks)
	f.do(err)
	f.w = w
}

// TestMarks: another process finds what has happened since.
func TestMarks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are known by name")
	}
	f := newFolder(t)
	same := func(*Mark) {}
	f.write("a.log", "1\n")
	f.write("b.log", "2\n")
	f.write("c.log", "3\n")
	f.want(true, "grown a.log 0-2, grown b.log 0-2, grown c.log 0-2")
	f.do(os.Rename(f.path("a.log"), f.path("d.log")))
	f.add("d.log", "more\n")
	f.write("b.log", "4\n")
	f.do(os.Remove(f.path("c.log")))
	f.restart(same)
	f.want(true, "rewritten b.log 0-2, grown d.log 2-7")
	f.restart(same)
	f.add("d.log", "and more\n") // within the head, whose hash goes on
	f.want(true, "grown d.log 7-16")
	f.restart(same)
	f.want(true, "")
	f.restart(func(m *Mark) { m.Device += 77 }) // as it may be called when the machine has started again
	f.add("b.log", "5\n")
	f.want(true, "grown b.log 2-4")
}

// TestMarksThatMakeNoSense are errors.
func TestMarksThatMakeNoSense(t *testing.T) {
	f := newFolder(t)
	f.write("a.log", "1\n")
	f.want(true, "grown a.log 0-2")
	for name, change := range map[string]func(*Mark){
		"taken":     func(m *Mark) { m.Taken = -1 },
		"no head":   func(m *Mark) { m.Head = nil },
		"bad head":  func(m *Mark) { m.Head = []byte("x") },
		"head size": func(m *Mark) { m.HeadSize = 3 },
		"tail":      func(m *Mark) { m.Tail = m.Tail[1:] },
		"tail size": func(m *Mark) { m.TailSize = -1 },
	} {
		for _, file := range f.w.known {
			m, err := file.Mark()
			f.do(err)
			change(&m)
			w, err := New(f.dir, false, ".log")
			f.do(err)
			if _, err := w.Resume([]Mark{m}); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	}
}

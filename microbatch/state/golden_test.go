package state_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/journal"
	"github.com/pwcol/pwcol/microbatch/state"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew, in the format of today")

// golden is a state folder as the first format version has it, and what it holds as text. Later versions have to read it: it is
// rewritten only together with a new format, in a folder of its own.
const golden = "../../testdata/state/v1"

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestGoldenFiles(t *testing.T) {
	if *rewrite {
		writeGolden(t)
	}
	s, err := state.Open(disk.OS{}, golden, state.Options{ReadOnly: true})
	must(t, err)
	got := describe(t, s)
	if *rewrite {
		must(t, os.WriteFile(golden+".txt", []byte(got), 0o644), s.Close())
		return
	}
	want, err := os.ReadFile(golden + ".txt")
	must(t, err)
	if got != string(want) {
		t.Errorf("the files of format 1 are read as\n%s\nwant\n%s", got, want)
	}
	must(t, s.Close())
}

// TestGoldenFilesGoOn: a run can go on from them.
func TestGoldenFilesGoOn(t *testing.T) {
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(golden)))
	s, err := state.Open(disk.OS{}, dir, state.Options{})
	must(t, err)
	all, err := s.Checkpoints()
	must(t, err)
	s.Resume(all[0].Manifest)
	w, err := s.Begin(99)
	must(t, err, w.Operator("2 group-by", "v1", false), w.Finish())
	m, err := w.Publish(nil)
	must(t, err, s.Verify(m))
	l, err := journal.Open(disk.OS{}, filepath.Join(dir, "journal"), journal.Identity{Job: s.Job(), Generation: s.Generation()})
	must(t, err)
	_, err = l.Append(context.Background(), journal.Entry, 100)
	must(t, err, l.Close(), s.Close())
}

// describe is all that a state folder holds.
func describe(t *testing.T, s *state.Store) string {
	t.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "job %s generation %d\n", s.Job(), s.Generation())
	all, err := s.Checkpoints()
	must(t, err)
	for _, c := range all {
		must(t, c.Err)
		fmt.Fprintf(&out, "checkpoint %d generation %d engine %s\n", c.Epoch, c.Manifest.Generation, strings.Join(strings.Fields(string(c.Manifest.Engine)), ""))
		for _, o := range c.Manifest.Operators {
			fmt.Fprintf(&out, "  operator %q structure %q\n", o.ID, o.Structure)
			must(t, s.Load(c.Manifest, o.ID, func(table int, b *vec.Batch) error {
				fmt.Fprintf(&out, "    table %d: %d rows, diffs %d\n", table, b.N, b.Diff)
				for _, v := range b.Cols {
					fmt.Fprintf(&out, "      %s: %s\n", v.Type, values(v))
				}
				return nil
			}))
		}
	}
	cut, err := journal.Scan(disk.OS{}, filepath.Join(golden, "journal"), s.Job(), func(f journal.Frame) error {
		fmt.Fprintf(&out, "frame of kind %d, epoch %d: %q\n", f.Kind, f.Epoch, f.Payload)
		return nil
	})
	must(t, err)
	fmt.Fprintf(&out, "torn tail of %d bytes\n", cut.Bytes)
	return out.String()
}

// values are a column's.
func values(v *vec.Vec) string {
	var all []string
	for i := range v.N {
		s := v.Scalar(i)
		switch {
		case s.Null:
			all = append(all, "NULL")
		case v.Type.IsFloat():
			all = append(all, fmt.Sprintf("%x", s.F))
		case v.Type.IsVar() || v.Type.Kind == vec.List:
			all = append(all, fmt.Sprintf("%.40q", s.S))
		case v.Type.Kind == vec.Decimal:
			all = append(all, fmt.Sprintf("%d:%d", s.D.Hi, s.D.Lo))
		default:
			all = append(all, fmt.Sprint(s.I))
		}
	}
	return strings.Join(all, " ")
}

// writeGolden makes the folder: two runs, the second one killed in the middle of a frame.
func writeGolden(t *testing.T) {
	must(t, os.RemoveAll(golden))
	rng := rand.New(rand.NewPCG(1, 2))
	long := strings.Repeat("a long payload ", 20)
	for run := range int64(2) {
		s, err := state.Open(disk.OS{}, golden, state.Options{Owner: "the test that writes the golden files"})
		must(t, err)
		l, err := journal.Open(disk.OS{}, filepath.Join(golden, "journal"), journal.Identity{Job: s.Job(), Generation: s.Generation()})
		must(t, err)
		all, err := s.Checkpoints()
		must(t, err)
		if len(all) > 0 {
			s.Resume(all[0].Manifest)
		}
		epoch := 10 * (run + 1)
		for i, text := range []string{"an entry", "", long} {
			_, err := l.Append(context.Background(), journal.Entry, epoch+int64(i), []byte(text))
			must(t, err)
		}
		_, err = l.Append(context.Background(), journal.Note, epoch, []byte("a note"))
		must(t, err, l.Close())
		w, err := s.Begin(epoch)
		must(t, err, w.Operator("2 group-by", "v1", run == 0))
		for table := range 3 {
			for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some} {
				b := vectest.Batch(rng, 6+200*(1-min(table, 1)), nulls)
				if table == 2 {
					b.Sel = []uint32{0, 3}
				}
				must(t, w.Add(table, shortened(b)))
			}
		}
		must(t, w.Add(3, noise(rng)), w.Operator("3 empty", "v1", run == 0), w.Finish())
		_, err = w.Publish(json.RawMessage(fmt.Sprintf(`{"positions":{"source":%d}}`, 1000*run)))
		must(t, err, s.Close())
	}
	names, err := os.ReadDir(filepath.Join(golden, "journal"))
	must(t, err)
	f, err := os.OpenFile(filepath.Join(golden, "journal", names[len(names)-1].Name()), os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = f.WriteString("half a frame")
	must(t, err, f.Close(), os.Remove(filepath.Join(golden, "LOCK")))
}

// noise can't be compressed, and so is stored as it is.
func noise(rng *rand.Rand) *vec.Batch {
	b := vec.NewBuilder(vec.TInt64, 9)
	for range 9 {
		vec.AppendFixed(b, rng.Int64()-rng.Int64())
	}
	return &vec.Batch{N: 9, Cols: []*vec.Vec{b.Finish()}}
}

// shortened is b, with only some columns if it is long, so that the files stay small.
func shortened(b *vec.Batch) *vec.Batch {
	if b.N > 100 {
		b.Cols = slices.Clone(b.Cols[2:7])
	}
	return b
}

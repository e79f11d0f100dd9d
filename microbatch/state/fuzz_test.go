package state

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

// fuzzed is a state of two checkpoints, the second with a whole part and a delta.
func fuzzed(t testing.TB) (fsys disk.FS, job JobID) {
	t.Helper()
	fsys = crashdisk.New(1).FS()
	must(t, disk.MkdirAll(fsys, testDir))
	id := identity{Job: JobID{1, 2, 3}, Generation: 1}
	data, err := encodeDocument(jobKind, id)
	must(t, err, disk.WriteFile(fsys, filepath.Join(testDir, JobFile), data))
	s := mustOpen(t, fsys)
	publish(t, s, 1, part{"a", true, []int64{1, 2, 3}})
	publish(t, s, 2, part{"a", false, []int64{4}}, part{"b", true, nil})
	must(t, s.Close())
	return fsys, id.Job
}

// replace gives a file other content.
func replace(t testing.TB, fsys disk.FS, name string, data []byte) {
	t.Helper()
	must(t, disk.WriteFile(fsys, filepath.Join(testDir, filepath.FromSlash(name)), data))
}

func content1(t testing.TB, fsys disk.FS, name string) []byte {
	t.Helper()
	data, err := readFile(fsys, filepath.Join(testDir, filepath.FromSlash(name)))
	must(t, err)
	return data
}

// signed is a document of that kind with any JSON.
func signed(kind string, body []byte) []byte {
	line := fmt.Sprintf(documentLine, kind, format, len(body))
	return fmt.Appendf(nil, "%s%s%08x\n%s", line, sumField, documentSum(line, body), body)
}

// useAll does what a run does with a state, whatever is in it.
func useAll(t *testing.T, fsys disk.FS) {
	s, err := Open(fsys, testDir, Options{})
	if err != nil {
		return
	}
	all, err := s.Checkpoints()
	must(t, err)
	for _, c := range all {
		if c.Err == nil && s.Verify(c.Manifest) == nil {
			s.Resume(c.Manifest)
			_ = s.WantsWhole("a", "of a")
		}
	}
	must(t, s.Release(1), s.Close())
}

// fuzzDocument reads any bytes, or any JSON, as the document of that name.
func fuzzDocument(f *testing.F, name, kind string) {
	fsys, _ := fuzzed(f)
	good := content1(f, fsys, name)
	_, body, _ := bytes.Cut(good, []byte("\n"))
	f.Add(good, false)
	f.Add(body, true)
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		if sign {
			data = signed(kind, data)
		}
		fsys, _ := fuzzed(t)
		replace(t, fsys, name, data)
		useAll(t, fsys)
	})
}

func FuzzJob(f *testing.F) { fuzzDocument(f, JobFile, jobKind) }

func FuzzManifest(f *testing.F) { fuzzDocument(f, manifestName(2), manifestKind) }

// FuzzBlockFile reads any bytes as a file of blocks, below a header or with the right one.
func FuzzBlockFile(f *testing.F) {
	fsys, _ := fuzzed(f)
	name := blockName(2, 1)
	good := content1(f, fsys, name)
	f.Add(good, false)
	f.Add(good[blockHeader:], true)
	f.Fuzz(func(t *testing.T, data []byte, below bool) {
		fsys, job := fuzzed(t)
		if below {
			data = append(encodeBlockHeader(job, 2, 1), data...)
		}
		replace(t, fsys, name, data)
		useAll(t, fsys)
	})
}

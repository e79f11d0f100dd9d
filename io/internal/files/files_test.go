package files

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func TestList(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.csv", "a.csv", "c.CSV.gz", ".hidden.csv", "note.txt", "odd[1].csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "sub.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ path, want string }{
		{"a.csv", "a.csv"},
		{"note.txt", "note.txt"}, // a name is taken whatever its ending
		{"", "a.csv b.csv c.CSV.gz odd[1].csv"},
		{"*.csv", "a.csv b.csv odd[1].csv"},
		{".*.csv", ".hidden.csv"},
		{"odd[1].csv", "odd[1].csv"}, // what exists is no glob
	}
	for _, c := range cases {
		got, err := List(filepath.Join(dir, c.path), ".csv", ".csv.gz")
		if err != nil {
			t.Errorf("List(%q): %v", c.path, err)
			continue
		}
		var names []string
		for _, f := range got {
			name := filepath.Base(f.Path)
			names = append(names, name)
			if f.Size != int64(len(name)) {
				t.Errorf("%s: size %d, want %d", name, f.Size, len(name))
			}
		}
		if strings.Join(names, " ") != c.want {
			t.Errorf("List(%q) = %v, want %s", c.path, names, c.want)
		}
	}
}

func TestListErrors(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ path, want string }{
		{filepath.Join(dir, "none.csv"), "no such file: " + filepath.Join(dir, "none.csv")},
		{filepath.Join(dir, "none", "a.csv"), "no such file: " + filepath.Join(dir, "none", "a.csv") + " (there is no folder " + filepath.Join(dir, "none") + ")"},
		{empty, "folder " + empty + " holds no files with ending .csv, .tsv"},
		{filepath.Join(dir, "*.csv"), "glob " + filepath.Join(dir, "*.csv") + " matches nothing"},
	}
	for _, c := range cases {
		_, err := List(c.path, ".csv", ".tsv")
		if err == nil || err.Error() != c.want || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("List(%q): %v, want %q", c.path, err, c.want)
		}
	}
	if _, err := List(filepath.Join(dir, "[")); err == nil {
		t.Error("a glob that isn't valid is accepted")
	}
}

func TestDecompress(t *testing.T) {
	text := []byte(strings.Repeat("id,name\n1,x\n", 1000))
	packed := map[Compression][]byte{None: text, Gzip: packGzip(t, text), Zstd: packZstd(t, text)}
	for c, data := range packed {
		if got := Detect(data[:MagicLen]); got != c {
			t.Errorf("Detect(%s data) = %s", c, got)
		}
		got, err := unpack(data, c)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %d bytes, %v", c, len(got), err)
		}
		if c == None {
			continue
		}
		got, err = unpack(append(data[:len(data):len(data)], data...), c)
		if err != nil || len(got) != 2*len(text) {
			t.Errorf("two %s members: %d bytes, %v", c, len(got), err)
		}
		for cut := range len(data) {
			got, err := unpack(data[:cut], c)
			if c == Zstd && cut == 0 {
				continue // no frame at all is an empty zstd file
			}
			if err == nil || !strings.Contains(err.Error(), "data.csv") || len(got) > len(text) {
				t.Fatalf("%s cut at %d of %d: %d bytes, error %v", c, cut, len(data), len(got), err)
			}
		}
	}
}

func unpack(data []byte, c Compression) ([]byte, error) {
	r, err := Decompress(bytes.NewReader(data), c, "data.csv")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func packGzip(t *testing.T, text []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func packZstd(t *testing.T, text []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(text, nil)
}

package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/microbatch"
)

// scanFile reads all columns of a file, up to so many rows.
func scanFile(path string, limit int64) error {
	src, err := newSource(path, nil)
	if err != nil {
		return err
	}
	var columns []int
	for i := range src.schema.Len() {
		columns = append(columns, i)
	}
	_, err = scanBatches(src, scanEnv(1), microbatch.Scan{Columns: columns}, limit)
	return err
}

func mustRead(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDamagedFiles(t *testing.T) {
	good := mustRead(t, "types_some.v1.parquet")
	n := len(good)
	cases := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "not a Parquet file: it has 0 bytes"},
		{"text", []byte("id,name\n1,x\n2,y\n"), `not a Parquet file: it starts with "id,n"`},
		{"magic alone", good[:4], "the file was cut"},
		{"cut", good[:n/2], "the file was cut or its writer did not finish"},
		{"cut inside the tail", good[:n-3], "the file was cut"},
		{"encrypted", join3(good[:n-4], []byte("PARE")), "the file is encrypted"},
		{"footer length", join3(good[:n-8], []byte{0xff, 0xff, 0xff, 0x7f}, good[n-4:]), "the footer claims 2147483647 bytes"},
		{"footer bytes", join3(good[:n-200], make([]byte, 100), good[n-100:]), "the footer is damaged"},
	}
	for _, c := range cases {
		path := filepath.Join(t.TempDir(), "x.parquet")
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := scanFile(path, 0)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v\nwant %q", c.name, err, c.want)
		}
	}
}

func join3(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestMissingFiles(t *testing.T) {
	dir := t.TempDir()
	cases := []struct{ path, want string }{
		{filepath.Join(dir, "none.parquet"), "no such file"},
		{dir, "holds no files"},
		{filepath.Join(dir, "*.parquet"), "matches nothing"},
		{files.Stdin, "standard input: a Parquet file is read from its end"},
	}
	for _, c := range cases {
		if _, err := SchemaOf(c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
}

// TestDamagedChunks changes what the footer says of a column chunk.
func TestDamagedChunks(t *testing.T) {
	src, err := newSource(filepath.Join(testdata, "fallback.parquet"), nil)
	if err != nil {
		t.Fatal(err)
	}
	ft := src.footers[0]
	columns, err := ft.columns(nil)
	if err != nil {
		t.Fatal(err)
	}
	chunk := ft.meta.RowGroups[0].Columns[0]
	elsewhere := "other.parquet"
	for _, c := range []struct {
		want   string
		damage func()
	}{
		{"pages compressed with LZO can't be read", func() { chunk.MetaData.Codec = 3 }},
		{"the footer says both FLOAT and BYTE_ARRAY", func() { chunk.MetaData.Type = 4 }},
		{"it has 999 values, the row group 1000 rows", func() { chunk.MetaData.NumValues = 999 }},
		{"its pages are said to unpack to -1 bytes", func() { chunk.MetaData.TotalUncompressedSize = -1 }},
		{"it is said to take 1099511627776 bytes from byte 4 on", func() { chunk.MetaData.TotalCompressedSize = 1 << 40 }},
		{"from byte -4 on", func() { chunk.MetaData.DataPageOffset, chunk.MetaData.DictionaryPageOffset = -4, nil }},
		{`its data lie in another file, "other.parquet"`, func() { chunk.FilePath = &elsewhere }},
		{"no metadata", func() { chunk.MetaData = nil }},
	} {
		saved, good := *chunk, *chunk.MetaData
		c.damage()
		_, err := ft.chunk(0, &columns[0])
		*chunk = saved
		*chunk.MetaData = good
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `fallback.parquet: row group 0, column "s"`) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if _, err := ft.chunk(0, &columns[0]); err != nil {
		t.Error(err)
	}
}

// TestFlippedPages flips a bit of each byte of a file with checksums, one after the other: pages' bytes must be found
// damaged, and nothing may panic.
func TestFlippedPages(t *testing.T) {
	good := mustRead(t, "types_some.pages.parquet")
	path := filepath.Join(t.TempDir(), "x.parquet")
	found := 0
	for i := 4; i < len(good)-8; i += 97 {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		err := scanFile(path, 1000)
		if err != nil && strings.Contains(err.Error(), "checksum") {
			found++
			for _, want := range []string{path, "row group ", `column "`, "page at byte "} {
				if !strings.Contains(err.Error(), want) {
					t.Fatalf("%v: no %q", err, want)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("a checksum found %d of the damaged pages", found)
	}
}

func TestDirectoriesHaveOneSchema(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.parquet", mustRead(t, "fallback.parquet"))
	write("b.parquet", mustRead(t, "fallback.parquet"))
	_, got := mustScan(t, dir, 4, nil)
	if got[0].N != 2000 {
		t.Errorf("%d rows of two files, want 2000", got[0].N)
	}
	if diff := equalColumns(got[1].Slice(0, 1000), got[1].Slice(1000, 2000)); diff != "" {
		t.Error(diff)
	}
	write("c.parquet", mustRead(t, "uuid.parquet"))
	_, err := SchemaOf(dir)
	if err == nil || !strings.Contains(err.Error(), "c.parquet") || !strings.Contains(err.Error(), `there is no column "s"; its columns are id`) {
		t.Errorf("a missing column: %v", err)
	}
}

// TestHostileLengths claims much in few bytes: the error has to come before the memory.
func TestHostileLengths(t *testing.T) {
	dir := t.TempDir()
	for name, footer := range map[string][]byte{
		// FileMetaData{version: 1, schema: list of 100 million structs}
		"schema list": {0x15, 0x02, 0x19, 0xfc, 0x80, 0xc2, 0xd7, 0x2f},
		// schema: 1 element, named "", with 2^30 children
		"children": {0x15, 0x02, 0x19, 0x1c, 0x48, 0x00, 0x15, 0x80, 0x80, 0x80, 0x80, 0x08, 0x00, 0x00},
		// an unknown field: a binary of 2 GB
		"binary": {0x15, 0x02, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07},
		"depth":  bytes.Repeat([]byte{0x1c}, 5000),
	} {
		data := join3([]byte(magic), footer, binary.LittleEndian.AppendUint32(nil, uint32(len(footer))), []byte(magic))
		path := filepath.Join(dir, "x.parquet")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := SchemaOf(path)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "the footer is damaged") {
			t.Errorf("%s: %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
	}
}

// fuzzMemory bounds what reading a small file may allocate in all: buffers and decoders take some MB.
const fuzzMemory = 256 << 20

// FuzzRead reads damaged files: errors are fine, panics, hangs and much memory are not. The bytes are a whole file;
// seeds are the small files of other writers. Run it with -fuzzminimizetime=1x: else most of the time goes into making
// inputs smaller.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(testdata, "*.parquet"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := os.CreateTemp(dir, "*.parquet")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file.Name())
		if _, err := file.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err = scanFile(file.Name(), 100_000)
		runtime.ReadMemStats(&after)
		if err != nil && errors.Is(err, errEnough) {
			return
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > fuzzMemory {
			t.Errorf("reading %d bytes allocated %d", len(data), n)
		}
	})
}

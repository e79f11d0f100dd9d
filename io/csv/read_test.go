package csv

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/internal/texttest"
)

func TestReadWhole(t *testing.T) {
	path := texttest.WriteFile(t, "a.csv", "id,name,value\n1,x,1.5\n2,,\n3,\"a,\"\"b\",1e3\n")
	for _, readers := range []int{1, 4} {
		src := openPath(t, path)
		if got := src.schema.String(); got != "id int64, name string, value float64" {
			t.Errorf("schema is %s", got)
		}
		res, err := readAll(src, readers, texttest.Everything(src))
		if err != nil {
			t.Fatal(err)
		}
		want := `1|x|1.5 2|∅|∅ 3|a,"b|1000`
		if got := strings.Join(res.Rows, " "); got != want {
			t.Errorf("rows are %s, want %s", got, want)
		}
	}
}

// TestChunkBorders reads random documents, full of mistakes or well-formed, with chunks of all sizes and several
// readers, and compares with one chunk and one reader.
func TestChunkBorders(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	schema := pw.NewSchema(pw.String("a"), pw.String("b"))
	for round := range 150 {
		path := filepath.Join(dir, "x.csv")
		text := "a,b\n" + randomText(rng)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		maxRow := []int{1 << 20, 40}[rng.IntN(2)]
		read := func(chunk, readers int) string {
			src := openPath(t, path, schema, OnBadRow(pw.Reject), MaxRowSize(maxRow), chunkSize(chunk))
			res, err := readAll(src, readers, texttest.Everything(src))
			if err != nil {
				t.Fatalf("seed %d, round %d: %v", seed, round, err)
			}
			return fmt.Sprintf("%q\n%q\n%d", res.Rows, res.Rejected, res.Stats.RowsRead.Load())
		}
		want := read(1<<20, 1)
		for chunk := 1; chunk <= len(text)+1; chunk += 1 + chunk/5 {
			for _, readers := range []int{1, 4} {
				if got := read(chunk, readers); got != want {
					t.Fatalf("seed %d, round %d, chunk %d, %d readers, rows of %d: %q\ngot  %s\nwant %s", seed, round, chunk, readers, maxRow, text, got, want)
				}
			}
		}
	}
}

// randomText is a document of two columns, often with mistakes in it.
func randomText(rng *rand.Rand) string {
	fields := []string{"a", "", "word", "\"quoted\"", "\"\"", "\"a\"\"b\"", "\"l\nm\"", "\"c,d\"", "\"CR\r\nLF\"", strings.Repeat("w", 50)}
	mistakes := []string{"a\"b", "\"x\"y", "\"never closed", "one,too many", "lone\n", "\n", "\xff"}
	if rng.IntN(2) == 0 {
		mistakes = mistakes[:0]
	}
	field := func() string {
		if len(mistakes) > 0 && rng.IntN(12) == 0 {
			return mistakes[rng.IntN(len(mistakes))]
		}
		return fields[rng.IntN(len(fields))]
	}
	var sb strings.Builder
	for range rng.IntN(40) {
		sb.WriteString(field() + "," + field() + []string{"\n", "\n", "\r\n"}[rng.IntN(3)])
	}
	if rng.IntN(2) == 0 {
		sb.WriteString("last,row")
	}
	return sb.String()
}

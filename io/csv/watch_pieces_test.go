package csv_test

import (
	"path/filepath"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
)

// TestWatchFilesThatComeInPieces: what a file begins with, and where its rows end, doesn't depend on how much of it is there when it is looked at.
func TestWatchFilesThatComeInPieces(t *testing.T) {
	cases := map[string]struct {
		text    string
		options []pw.ReadOption
	}{
		"header":    {text: "\xef\xbb\xbf\"é\n\"\"q\",s\r\n1,\"x\ny\"\r\n2,\"a\"\"b\"\r\n"},
		"no header": {text: "\xef\xbb\xbf1,\"x\ny\"\n2,\"a\"\"b\"\n", options: []pw.ReadOption{csv.Header(false)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			logs, out := t.TempDir(), filepath.Join(t.TempDir(), "out.csv")
			schema := pw.NewSchema(pw.Int64("é\n\"q"), pw.String("s"))
			in := csv.Watch(logs, append(c.options, schema, csv.Interval(time.Millisecond))...)
			h := start(t, csv.Write(in, out, csv.Header(false)))
			for i := range len(c.text) {
				add(t, filepath.Join(logs, "a.csv"), c.text[i:i+1])
				time.Sleep(4 * time.Millisecond) // it is looked at
			}
			eventually(t, out, "1,\"x\ny\"\n2,\"a\"\"b\"\n")
			if err := h.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

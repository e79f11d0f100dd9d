package csv

import (
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/io/internal/texttest"
)

func TestHeaderIsNotUTF8(t *testing.T) {
	path := texttest.WriteFile(t, "latin1.csv", "id,na\xefve\n1,x\n")
	want := path + `: in the header: name of column 2: "na\xefve" is not valid UTF-8`
	if _, err := Infer(path); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Infer: %v, want %s …", err, want)
	}
}

// A file whose first row never ends is not read to its end to find its columns.
func TestSampleOfOneEndlessRow(t *testing.T) {
	const limit = 1 << 10
	path := texttest.WriteFile(t, "endless.csv", "id,name\n1,"+strings.Repeat("x", 4*sampleBytes)+"\n2,y\n")
	s, err := newSettings([]pw.ReadOption{MaxRowSize(limit)})
	if err != nil {
		t.Fatal(err)
	}
	start, err := text.OpenText(files.File{Path: path, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer start.Close()
	_, h, err := s.inferText(start)
	if err != nil {
		t.Fatal(err)
	}
	if most := 2 * (limit + sampleBytes); len(h.text()) > most {
		t.Errorf("%d bytes were read, want %d at most", len(h.text()), most)
	}
}

package csv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// FuzzScan: whatever the text, it is cut into the same rows by all sizes of blocks and chunks.
func FuzzScan(f *testing.F) {
	f.Add([]byte("a,b\n\"c\nd\",e\r\n\"f\"g,h\n\"i,\n"), uint8(2), uint16(9), uint16(0))
	f.Add([]byte("#x\"\n,\n\n\"\"\"\",\"\n"), uint8(1), uint16(3), uint16(10))
	f.Add([]byte(strings.Repeat("1,2\n", 40)+"3\n"), uint8(2), uint16(64), uint16(5))
	f.Fuzz(func(t *testing.T, text []byte, width uint8, chunk, limit uint16) {
		d := Default
		if chunk%3 == 0 {
			d.Comment = '#'
		}
		columns, maxRow := 1+int(width%5), DefaultMaxRowSize
		if limit > 0 {
			maxRow = int(limit)
		}
		want := parse(t, stringParser(t, d, columns, maxRow, 1), string(text))
		p := stringParser(t, d, columns, maxRow, 1+int(chunk%7))
		if got := parse(t, p, string(text)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("blocks: got %q, want %q", got, want)
		}
		if len(text) > 4096 { // the test's way to split is quadratic
			return
		}
		got := splitAt(t, NewSplitter(d, maxRow), p, string(text), 1+int(chunk))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("chunks: got %q, want %q", got, want)
		}
	})
}

// FuzzValues: whatever a field holds, each type takes it or refuses it, and takes the same without quotes and in them.
func FuzzValues(f *testing.F) {
	for _, text := range []string{"1", "-12.5", "1e5", "true", "2024-01-01 03:25:45.123456", "23:59:59", "NaN", "\\x00ff", "é", "99999999999999999999", "5 Mar 2024"} {
		f.Add(text)
	}
	columns := []Column{{Type: vec.TString, Layout: ""}}
	for _, t := range []vec.Type{
		vec.TBool, vec.TInt8, vec.TInt64, vec.TUint16, vec.TUint64, vec.TFloat32, vec.TFloat64, vec.TBinary, vec.TDate, vec.TTime(vec.Milli),
		vec.TTimestamp(vec.Micro), vec.TTimestamp(vec.Nano), vec.TDuration(vec.Second), vec.TDecimal(9, 2), vec.TDecimal(38, 10),
	} {
		columns = append(columns, Column{Type: t})
	}
	for _, layout := range []string{"%Y-%m-%d %H:%M:%S.%f", "%d %b %y %I:%M %p", "2006-01-02T15:04:05Z07:00", "%s", "%j %Y"} {
		columns = append(columns, Column{Type: vec.TTimestamp(vec.Micro), Layout: layout})
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted := `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		bare := text != "" && !strings.ContainsAny(text, ",\"\n\r")
		for _, c := range columns {
			c.Nullable = true
			in := column1(t, c, []string{"NA"}, quoted)[0]
			if !bare || text == "NA" {
				continue
			}
			if got := column1(t, c, []string{"NA"}, text)[0]; got != in {
				t.Errorf("%s %s: %q is %q, in quotes %q", c.Type, c.Layout, text, got, in)
			}
		}
	})
}

package json

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// seeds are lines of all kinds, good and bad.
var seeds = []string{
	`{}`, `{ }`, ` {"a" : 1 , "b":2 }` + "\r", `{"a":"x","a":null}`, `{"a":"\u00e9\ud83d\ude00\n\"\\\/"}`, `{"\u0061":"1"}`,
	`{"i":1e3,"f":-0.5E-3,"b":true,"t":1700000000123.4567}`, `{"o":{"x":{"y":[1,{"a":2}]},"z":"q"},"a":"b"}`, `{"o":{"z":1},"o":5}`, `{"o":{"z":1},"o":{"x":{}}}`,
	`{"i":9223372036854775808}`, `{"i":-9223372036854775808}`, `{"i":1.5}`, `{"i":"42"}`, `{"f":1e999}`, `{"t":"2024-01-01T00:00:00Z"}`, `{"i":0.1e1,"i":10e-1}`,
	`{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e}`, `{"a":-}`, `{"a":nul}`, `{"a":truex}`, `{"a":"x`, `{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"` + "\x01" + `"}`,
	`{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{a:1}`, `{'a':1}`, `{"a":1}}`, `{"a":1} x`, `[1]`, `1`, `"a"`, `null`, `{"a":[1,]}`, `{"a":[}`, `{"a":{"b":1]}`, `{"a":"` + "\xff" + `"}`,
	`{"a":"\ud800"}`, `{"a":"\udc00\ud800"}`, `{"` + "\xff" + `":1}`, "\xef\xbb\xbf{}", `{"a":NaN}`, `{"a":Infinity}`, `{"a":1 2}`, `{"a" 1}`, `{"a":/**/1}`, "{\x00}", `{"a":"é"}`,
	`{"a":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`, `{"key that is longer than eight bytes":1,"a":"and a value too"}`,
}

// FuzzLines: whatever the text, its lines are taken, refused and read as encoding/json does, in blocks of any size.
func FuzzLines(f *testing.F) {
	for i, s := range seeds {
		f.Add([]byte(s+"\n"+seeds[(7*i+1)%len(seeds)]), uint8(i))
	}
	f.Add([]byte(strings.Join(seeds, "\n")), uint8(3))
	f.Fuzz(func(t *testing.T, text []byte, block uint8) {
		checkLines(t, text, 1+int(block))
	})
}

func checkLines(t *testing.T, text []byte, blockRows int) {
	t.Helper()
	all := mustParser(t, Options{Columns: testColumns()}, blockRows)
	got := parse(t, all, string(text))
	one := mustParser(t, Options{Columns: testColumns()}, 1)
	structure := mustParser(t, Options{Columns: []Column{{Name: "no such key", Type: vec.TString, Nullable: true}}}, 0)
	rows, bad := 0, 0
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if len(bytes.Trim(line, " \t\r")) == 0 {
			continue
		}
		alone := parse(t, one, string(line))
		rows, bad = rows+len(alone.rows), bad+len(alone.bad)
		if len(alone.rows)+len(alone.bad) != 1 {
			t.Fatalf("%q makes the rows %q and the bad rows %q, want one", line, alone.rows, alone.bad)
		}
		if len(alone.rows) == 1 && got.rows[rows-1] != alone.rows[0] {
			t.Fatalf("%q makes the row %q, alone %q", line, got.rows[rows-1], alone.rows[0])
		}
		checkLine(t, line, alone, len(parse(t, structure, string(line)).rows) == 1)
	}
	if rows != len(got.rows) || bad != len(got.bad) {
		t.Fatalf("%d rows and %d bad ones, line by line %d and %d", len(got.rows), len(got.bad), rows, bad)
	}
}

// checkLine compares what became of a line with what encoding/json says. taken says that its grammar was found to be good.
func checkLine(t *testing.T, line []byte, got result, taken bool) {
	t.Helper()
	deep := bytes.Count(line, []byte("{"))+bytes.Count(line, []byte("[")) > MaxDepth
	isObject := bytes.HasPrefix(bytes.TrimLeft(line, " \t\r"), []byte("{"))
	if valid := json.Valid(line) && isObject; valid != taken && !deep {
		t.Fatalf("%q is taken: %v; encoding/json: %v", line, taken, valid)
	}
	want, bad, skip := reference(line)
	switch {
	case skip:
	case bad && len(got.rows) > 0:
		t.Fatalf("%q is read as %q, want it refused", line, got.rows[0])
	case !bad && len(got.rows) == 0:
		t.Fatalf("%q is refused: %s; want %q", line, got.bad[0], want)
	case !bad && got.rows[0] != want:
		t.Fatalf("%q is read as\n%q, want\n%q", line, got.rows[0], want)
	}
}

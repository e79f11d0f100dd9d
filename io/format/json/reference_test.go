package json

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// testColumns are what the tests make of any text: every key as a string, and some keys as other types, too.
func testColumns() []Column {
	unit := vec.Milli
	return []Column{
		{Name: "a", Type: vec.TString, Nullable: true},
		{Name: "int", Path: []string{"i"}, Type: vec.TInt64, Nullable: true},
		{Name: "float", Path: []string{"f"}, Type: vec.TFloat64, Nullable: true},
		{Name: "bool", Path: []string{"b"}, Type: vec.TBool, Nullable: true},
		{Name: "deep", Path: []string{"o", "x", "y"}, Type: vec.TString, Nullable: true},
		{Name: "near", Path: []string{"o", "z"}, Type: vec.TString, Nullable: true},
		{Name: "whole", Path: []string{"o"}, Type: vec.TString, Nullable: true},
		{Name: "time", Path: []string{"t"}, Type: vec.TTimestamp(vec.Micro), Nullable: true, Epoch: &unit},
	}
}

// result is what a parser hands over: rows as text by their place in the text, and the bad ones' reasons.
type result struct {
	rows []string
	bad  []string
	text []byte
}

func (t *result) Rows(b *Batch) error {
	for i := range b.Batch.Rows() {
		var values []string
		for _, c := range b.Cols {
			values = append(values, valueText(c, b.Row(i)))
		}
		t.rows = append(t.rows, strings.Join(values, "|"))
	}
	for _, c := range b.Cols {
		for i := 1; i < len(c.Offsets); i++ {
			if c.Offsets[i] < c.Offsets[i-1] {
				return fmt.Errorf("offsets fall: %v", c.Offsets)
			}
		}
	}
	return nil
}

func (t *result) Bad(b *Bad) error {
	if b.At < b.Start || b.Start > b.End {
		return fmt.Errorf("a bad row lies at %d of [%d, %d)", b.At, b.Start, b.End)
	}
	t.bad = append(t.bad, fmt.Sprintf("%d: %s", b.At-Lead, b.Reason))
	return nil
}

func valueText(c *vec.Vec, row int) string {
	if c.IsNull(row) {
		return "∅"
	}
	return string(calc.AppendText(nil, c, row))
}

func mustParser(t testing.TB, o Options, blockRows int) *Parser {
	t.Helper()
	for i := range o.Columns {
		o.Want = append(o.Want, i)
	}
	p, err := NewParser(o)
	if err != nil {
		t.Fatal(err)
	}
	if blockRows > 0 {
		p.blockRows = blockRows
	}
	return p
}

func parse(t testing.TB, p *Parser, text string) result {
	t.Helper()
	out := result{text: []byte(text)}
	if err := p.Parse(NewBuffer([]byte(text)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// reference is the row of testColumns that encoding/json makes of a line. bad says why there is none; a line with bytes that aren't UTF-8, or with half
// surrogates, can't be compared: it is skipped.
func reference(line []byte) (row string, bad, skip bool) {
	if !utf8.Valid(line) || bytes.Contains(line, []byte(`\u`)) && hasHalf(line) {
		return "", false, true
	}
	if bytes.Count(line, []byte("{"))+bytes.Count(line, []byte("[")) > MaxDepth {
		return "", false, true
	}
	top, ok := members(line)
	if !ok {
		return "", true, false
	}
	o, _ := members(top["o"])
	x, _ := members(o["x"])
	values := make([]string, 0, 8)
	values = append(values, stringOf(top["a"]))
	i, ok1 := intOf(top["i"])
	f, ok2 := floatOf(top["f"])
	b, ok3 := boolOf(top["b"])
	ts, ok4 := timeOf(top["t"])
	values = append(values, i, f, b, stringOf(x["y"]), stringOf(o["z"]), stringOf(top["o"]), ts)
	return strings.Join(values, "|"), !ok1 || !ok2 || !ok3 || !ok4, false
}

// hasHalf reports whether a string of line has half a surrogate pair: encoding/json makes U+FFFD of it, as it does of what is
// written as that.
func hasHalf(line []byte) bool {
	var v any
	if json.Unmarshal(line, &v) != nil {
		return false
	}
	return strings.Contains(fmt.Sprint(v), "\uFFFD")
}

// members are an object's values as they are written, the last one of each key.
func members(text []byte) (map[string]json.RawMessage, bool) {
	if trimmed := bytes.TrimLeft(text, " \t\r"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, false
	}
	var m map[string]json.RawMessage
	return m, json.Unmarshal(text, &m) == nil
}

func isNullText(text json.RawMessage) bool { return len(text) == 0 || string(text) == "null" }

func stringOf(text json.RawMessage) string {
	if isNullText(text) {
		return "∅"
	}
	var s string
	if json.Unmarshal(text, &s) == nil {
		return s
	}
	return string(text)
}

// plainOf is a string's text, or a value as it is written.
func plainOf(text json.RawMessage) string { return stringOf(text) }

func intOf(text json.RawMessage) (string, bool) {
	if isNullText(text) {
		return "∅", true
	}
	if n, ok := wholeNumber(text); ok {
		return n, true
	}
	if text[0] != '"' {
		return "", false
	}
	s, err := calc.ParseText(vec.TInt64, plainOf(text))
	return fmt.Sprint(s.I), err == nil
}

// wholeNumber is a number that is whole and fits an int64.
func wholeNumber(text []byte) (string, bool) {
	if text[0] == '"' || bytes.ContainsAny(text, "[{tf") {
		return "", false
	}
	if at := bytes.IndexAny(text, "eE"); at >= 0 {
		if e, err := strconv.Atoi(string(text[at+1:])); err != nil || e > 400 || e < -400 {
			return "0", strings.Trim(string(text[:at]), "-0.") == ""
		}
	}
	r, ok := ratOf(string(text))
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return "", false
	}
	return r.Num().String(), true
}

func floatOf(text json.RawMessage) (string, bool) {
	if isNullText(text) {
		return "∅", true
	}
	if c := text[0]; c == '[' || c == '{' || c == 't' || c == 'f' {
		return "", false
	}
	s, err := calc.ParseText(vec.TFloat64, plainOf(text))
	return string(calc.AppendScalar(nil, s)), err == nil
}

func boolOf(text json.RawMessage) (string, bool) {
	if isNullText(text) {
		return "∅", true
	}
	if text[0] == '[' || text[0] == '{' {
		return "", false
	}
	s, err := calc.ParseText(vec.TBool, plainOf(text))
	return fmt.Sprint(s.I != 0), err == nil
}

// timeOf is a timestamp in microseconds of a text, or of a number of milliseconds.
func timeOf(text json.RawMessage) (string, bool) {
	if isNullText(text) {
		return "∅", true
	}
	s := vec.Scalar{Type: vec.TTimestamp(vec.Micro)}
	switch c := text[0]; {
	case c == '"':
		var err error
		if s, err = calc.ParseText(s.Type, plainOf(text)); err != nil {
			return "", false
		}
	case c == '-' || c-'0' <= 9:
		us, ok := floorOf(string(text), 1000)
		if !ok {
			return "", false
		}
		s.I = us
	default:
		return "", false
	}
	return string(calc.AppendScalar(nil, s)), s.I > math.MinInt64
}

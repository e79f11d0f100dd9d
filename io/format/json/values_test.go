package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// TestValuesOfEveryType reads one value as a column of one type.
func TestValuesOfEveryType(t *testing.T) {
	second, milli, nano := vec.Second, vec.Milli, vec.Nano
	micros := vec.TTimestamp(vec.Micro)
	cases := []struct {
		column Column
		text   string
		want   string // as calc.AppendText has it; ∅; or what the reason holds, behind a !
	}{
		{Column{Type: vec.TBool}, `true`, "true"},
		{Column{Type: vec.TBool}, `false`, "false"},
		{Column{Type: vec.TBool}, `"true"`, "true"},
		{Column{Type: vec.TBool}, `1`, "true"},
		{Column{Type: vec.TBool}, `2`, "!2 is not a bool"},
		{Column{Type: vec.TBool}, `{}`, "!{} is not a bool"},
		{Column{Type: vec.TInt8}, `-128`, "-128"},
		{Column{Type: vec.TInt8}, `1.28e2`, "!1.28e2 is out of range for int8"},
		{Column{Type: vec.TInt8}, `-1.28e2`, "-128"},
		{Column{Type: vec.TInt64}, `1e3`, "1000"},
		{Column{Type: vec.TInt64}, `1.0`, "1"},
		{Column{Type: vec.TInt64}, `-0`, "0"},
		{Column{Type: vec.TInt64}, `-0.0e5`, "0"},
		{Column{Type: vec.TInt64}, `0e99999999999999999999`, "0"},
		{Column{Type: vec.TInt64}, `1.5`, "!1.5 is not a whole number, as an int64 is"},
		{Column{Type: vec.TInt64}, `123e-1`, "!not a whole number"},
		{Column{Type: vec.TInt64}, `1e99999999999999999999`, "!out of range"},
		{Column{Type: vec.TInt64}, `1e-99999999999999999999`, "!not a whole number"},
		{Column{Type: vec.TInt64}, `9223372036854775807`, "9223372036854775807"},
		{Column{Type: vec.TInt64}, `9223372036854775808`, "!9223372036854775808 is out of range for int64"},
		{Column{Type: vec.TInt64}, `-9223372036854775808`, "-9223372036854775808"},
		{Column{Type: vec.TInt64}, `9223372036854775807.000`, "9223372036854775807"},
		{Column{Type: vec.TInt64}, `100000000000000000000000e-20`, "1000"},
		{Column{Type: vec.TInt64}, `"42"`, "42"},
		{Column{Type: vec.TInt64}, `"\u0034\u0032"`, "42"},
		{Column{Type: vec.TInt64}, `"x"`, `!"x" is not an int64`},
		{Column{Type: vec.TInt64}, `""`, `!"" is not an int64`},
		{Column{Type: vec.TInt64}, `true`, "!true is not an int64"},
		{Column{Type: vec.TInt64}, `[1]`, "![1] is not an int64"},
		{Column{Type: vec.TInt64}, `null`, "∅"},
		{Column{Type: vec.TUint8}, `255`, "255"},
		{Column{Type: vec.TUint8}, `-1`, "!out of range for uint8"},
		{Column{Type: vec.TUint8}, `-0.0`, "0"},
		{Column{Type: vec.TUint64}, `18446744073709551615`, "18446744073709551615"},
		{Column{Type: vec.TUint64}, `1.8446744073709551615e19`, "18446744073709551615"},
		{Column{Type: vec.TUint64}, `18446744073709551616`, "!out of range"},
		{Column{Type: vec.TFloat64}, `0.1`, "0.1"},
		{Column{Type: vec.TFloat64}, `1E400`, "!1E400 is out of range for float64"},
		{Column{Type: vec.TFloat64}, `1e-400`, "0"},
		{Column{Type: vec.TFloat64}, `"NaN"`, "NaN"},
		{Column{Type: vec.TFloat32}, `16777217`, "1.6777216e+07"},
		{Column{Type: vec.TFloat32}, `1e39`, "!out of range for float32"},
		{Column{Type: vec.TDecimal(9, 2)}, `12.345`, "12.35"},
		{Column{Type: vec.TDecimal(9, 2)}, `-1e-1`, "-0.10"},
		{Column{Type: vec.TDecimal(4, 2)}, `100`, "!out of range for decimal(4, 2)"},
		{Column{Type: vec.TString}, `"a\"b\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, "a\"b\\/\b\f\n\r\té😀"},
		{Column{Type: vec.TString}, `""`, ""},
		{Column{Type: vec.TString}, `1.50`, "1.50"},
		{Column{Type: vec.TString}, `true`, "true"},
		{Column{Type: vec.TString}, `{"a": [1, "\n"]}`, `{"a": [1, "\n"]}`},
		{Column{Type: vec.TString}, `null`, "∅"},
		{Column{Type: vec.TString}, `"\ud800"`, "!half of a surrogate pair"},
		{Column{Type: vec.TString}, `"\ud800\u0041"`, "!half of a surrogate pair"},
		{Column{Type: vec.TString}, `"\udc00\ud800"`, "!half of a surrogate pair"},
		{Column{Type: vec.TString}, "\"a\xff\"", `!"a\xff" is not valid UTF-8`},
		{Column{Type: vec.TString}, "[\"a\xff\"]", `!is not valid UTF-8`},
		{Column{Type: vec.TBinary}, `"AP8="`, `\x00ff`},
		{Column{Type: vec.TBinary}, `"AP8"`, `!"AP8" is not base64`},
		{Column{Type: vec.TBinary}, `1234`, `!1234 is not base64`},
		{Column{Type: vec.TDate}, `"2024-02-29"`, "2024-02-29"},
		{Column{Type: vec.TDate, Layout: "%d.%m.%Y"}, `"29.02.2024"`, "2024-02-29"},
		{Column{Type: vec.TDate, Layout: "%Y%m%d"}, `20240229`, "2024-02-29"},
		{Column{Type: vec.TDate, Epoch: &milli}, `-1`, "1969-12-31"},
		{Column{Type: vec.TDate, Epoch: &second}, `86400`, "1970-01-02"},
		{Column{Type: vec.TTime(vec.Milli)}, `"15:04:05.25"`, "15:04:05.25"},
		{Column{Type: vec.TTime(vec.Milli), Epoch: &second}, `0.5`, "00:00:00.5"},
		{Column{Type: vec.TTime(vec.Milli), Epoch: &second}, `86400`, "!out of range"},
		{Column{Type: vec.TDuration(vec.Second), Epoch: &milli}, `-1500`, "-00:00:02"},
		{Column{Type: micros}, `"2024-01-01T10:00:00.5+02:00"`, "2024-01-01 08:00:00.5"},
		{Column{Type: micros}, `"2024-01-01T10:00:00Z"`, "2024-01-01 10:00:00"},
		{Column{Type: micros}, `1700000000`, "!1700000000 is a number: say what it counts"},
		{Column{Type: micros, Epoch: &second}, `1700000000`, "2023-11-14 22:13:20"},
		{Column{Type: micros, Epoch: &milli}, `1700000000123`, "2023-11-14 22:13:20.123"},
		{Column{Type: micros, Epoch: &milli}, `1.7e12`, "2023-11-14 22:13:20"},
		{Column{Type: micros, Epoch: &second}, `-0.0000005`, "1969-12-31 23:59:59.999999"},
		{Column{Type: micros, Epoch: &nano}, `1700000000123456789`, "2023-11-14 22:13:20.123456"},
		{Column{Type: micros, Epoch: &nano}, `-1`, "1969-12-31 23:59:59.999999"},
		{Column{Type: micros, Epoch: &second}, `9223372036855`, "!out of range for timestamp"},
		{Column{Type: micros, Epoch: &second}, `"2024-01-01"`, "2024-01-01 00:00:00"},
		{Column{Type: micros, Layout: "%s"}, `1700000000`, "2023-11-14 22:13:20"},
		{Column{Type: vec.TList(vec.TInt64)}, `[1, null ,2e1]`, "[1, NULL, 20]"},
		{Column{Type: vec.TList(vec.TInt64)}, `[ ]`, "[]"},
		{Column{Type: vec.TList(vec.TString)}, `["a","",{"b":1},"\n"]`, "[a, '', '{\"b\":1}', '\n']"},
		{Column{Type: vec.TList(vec.TInt64)}, `[1,"x",true]`, `!element 2: "x" is not an int64`},
		{Column{Type: vec.TList(vec.TInt64)}, `1`, "!1 is not an array"},
		{Column{Type: vec.TList(vec.TInt64)}, `"[1]"`, `!"[1]" is not an array`},
		{Column{Type: vec.TList(vec.TInt64)}, `null`, "∅"},
	}
	for _, c := range cases {
		c.column.Name, c.column.Nullable = "x", true
		// Rows before and behind show that only this one is touched.
		p := mustParser(t, Options{Columns: []Column{c.column, {Name: "n", Type: vec.TInt64}}}, 0)
		got := parse(t, p, fmt.Sprintf("{\"n\":0}\n{\"x\":%s,\"n\":1}\n{\"n\":2,\"x\":null}\n", c.text))
		value := ""
		if len(got.rows) == 3 {
			value = strings.TrimSuffix(got.rows[1], "|1")
		} else if len(got.bad) == 1 {
			value = "!" + got.bad[0]
		}
		if len(got.rows)+len(got.bad) != 3 || got.rows[0] != "∅|0" || got.rows[len(got.rows)-1] != "∅|2" {
			t.Errorf("%s: %s makes %q, %q", c.column.Type, c.text, got.rows, got.bad)
		}
		if reason, bad := strings.CutPrefix(c.want, "!"); bad && !strings.Contains(value, reason) || !bad && value != c.want {
			t.Errorf("%s: %s is %q, want %q", c.column.Type, c.text, value, c.want)
		}
	}
}

func TestNotNull(t *testing.T) {
	p := mustParser(t, Options{Columns: []Column{{Name: "a", Type: vec.TInt64}}}, 0)
	got := parse(t, p, "{\"a\":1}\n{}\n{\"a\":null}\n")
	if len(got.rows) != 1 || len(got.bad) != 2 || !strings.Contains(got.bad[0], "NotNull") {
		t.Errorf("got %q, %q", got.rows, got.bad)
	}
}

// TestBadLines shows what people are told.
// TestKeysOfHalfACharacter are no column's, whatever stands before it.
func TestKeysOfHalfACharacter(t *testing.T) {
	p := mustParser(t, Options{Columns: []Column{{Name: "a", Type: vec.TInt64, Nullable: true}}}, 0)
	got := parse(t, p, `{"a\ud800":1}`+"\n"+`{"a":2,"a\udc00b":3}`+"\n"+`{"\u0061":4}`)
	if want := "∅ 2 4"; strings.Join(got.rows, " ") != want {
		t.Errorf("got %q, want %q", got.rows, want)
	}
}

func TestBadLines(t *testing.T) {
	cases := []struct{ text, want string }{
		{`{"a":1`, `6: expected a comma or } behind a value, found the end of the line`},
		{`{"a":1,}`, `7: expected a key in quotes ("), found '}'`},
		{`{"a" 1}`, `5: expected a colon behind a key, found '1'`},
		{`{"a":x}`, `5: expected a value, found 'x'`},
		{`{"a":"x}`, `8: expected a quote (") that ends the string, found the end of the line`},
		{`{"a":é}`, `5: expected a value, found 'é'`},
		{"{\"a\":\xff}", `5: expected a value, found the byte 0xff`},
		{`{"a":01}`, `5: expected a number without leading zeros, found '0'`},
		{`{"a":"\q"}`, `7: expected one of " \ / b f n r t u behind a backslash, found 'q'`},
		{`{"a":1} 2`, `8: expected the end of the line behind the object, found '2'`},
		{`[{"a":1}]`, `0: expected an object ({) on each line and not an array (jq -c '.[]' writes its objects a line each), found '['`},
		{`"a"`, `0: expected an object ({), found '"'`},
		{`{"a":[1 2]}`, `8: expected a comma or ] behind a value, found '2'`},
		{"{\"a\":\"\x01\"}", `6: expected no control character in a string (written as \u00 and two digits), found '\x01'`},
		{`{"a":"a very long line indeed that is larger than it may be"}`, `0: row is larger than 40 bytes, the limit on a row's size`},
	}
	for _, c := range cases {
		p := mustParser(t, Options{Columns: []Column{{Name: "a", Type: vec.TString, Nullable: true}}, MaxRowSize: 40}, 0)
		if got := parse(t, p, c.text); len(got.bad) != 1 || got.bad[0] != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.text, got.bad, c.want)
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	unit := vec.Second
	cases := []struct {
		o    Options
		want string
	}{
		{Options{}, "there are no columns"},
		{Options{Columns: []Column{{Name: "a", Type: vec.TInt64, Epoch: &unit}}}, "Epoch is for times"},
		{Options{Columns: []Column{{Name: "a", Type: vec.TString}, {Name: "b", Path: []string{"a"}, Type: vec.TString}}}, "key a: two columns have it"},
		{Options{Columns: []Column{{Name: "a", Path: []string{}, Type: vec.TString}}}, "it is empty"},
		{Options{Columns: []Column{{Name: "a", Type: vec.TDate, Layout: "%q"}}}, `column "a": layout`},
		{Options{Columns: []Column{{Name: "a", Type: vec.TDate}}, MaxRowSize: -1}, "limit on a row's size"},
	}
	for _, c := range cases {
		for i := range c.o.Columns {
			c.o.Want = append(c.o.Want, i)
		}
		if _, err := NewParser(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestInfer(t *testing.T) {
	lines := `{"a": 1, "b": 1.5, "c": "x", "d": true, "e": "2024-01-01", "f": [1, 2], "g": {"h": 1}, "i": null}
{"a": -2, "b": 1, "c": "2024-01-01", "d": false, "e": "2024-01-01T10:00:00Z", "f": [], "j": [1.5, "x"], "k": [[1]], "l": 1}
not json
{"m\u0020n": "2024-01-01T00:00:00.123456789", "l": "1", "f": null, "o": [1], "p": 9223372036854775808}
{"o": 1, "q": []}
`
	n := NewInferrer()
	b := NewBuffer([]byte(lines))
	at, added := b.From, 0
	for line := range strings.Lines(lines) {
		if n.Add(b, at) {
			added++
		}
		at += len(line)
	}
	var got []string
	for _, c := range n.Columns() {
		got = append(got, c.Name+" "+c.Type.String())
	}
	want := "a int64, b float64, c string, d bool, e timestamp[us], f list(int64), g string, i string, j list(string), k string, l string, m n timestamp[ns], o string, p string, q list(string)"
	if s := strings.Join(got, ", "); s != want || added != 4 {
		t.Errorf("%d lines,\n got %s\nwant %s", added, s, want)
	}
}

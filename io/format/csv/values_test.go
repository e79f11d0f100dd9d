package csv

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// column1 parses the texts, each a row of one column, and gives the values as text: NULL is ∅, a bad one its reason.
func column1(t testing.TB, c Column, nulls []string, texts ...string) []string {
	t.Helper()
	c.Name = "x"
	p, err := NewParser(Options{Dialect: Default, Columns: []Column{c, {Name: "n", Type: vec.TInt64}}, NullTexts: nulls, Want: []int{0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	var sb strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&sb, "%s,%d\n", text, i)
	}
	out := valueTable{values: make([]string, len(texts))}
	if err := p.Parse(NewBuffer([]byte(sb.String())), &out); err != nil {
		t.Fatal(err)
	}
	return out.values
}

// valueTable collects values by row: the second column is the row's number.
type valueTable struct {
	values []string
	at     int
}

func (v *valueTable) Rows(b *Batch) error {
	for i := range b.Batch.Rows() {
		r := b.Row(i)
		n := vec.Of[int64](b.Cols[1])[r]
		v.values[n] = "∅"
		if !b.Cols[0].IsNull(r) {
			v.values[n] = string(calc.AppendText(nil, b.Cols[0], r))
		}
	}
	for i := range v.values {
		if v.values[i] == "" && b.Cols[0].Type.Kind != vec.String && b.Cols[0].Type.Kind != vec.Binary {
			v.values[i] = "?"
		}
	}
	return nil
}

func (v *valueTable) Bad(b *Bad) error {
	for v.at < len(v.values) && v.values[v.at] != "" {
		v.at++
	}
	v.values[v.at] += b.Reason + ";"
	return nil
}

func TestValuesOfEveryType(t *testing.T) {
	micro, nano := vec.TTimestamp(vec.Micro), vec.TTimestamp(vec.Nano)
	cases := []struct {
		column Column
		text   string
		want   string // as calc.AppendText has it; ∅; or what the reason holds, behind a !
	}{
		{Column{Type: vec.TBool}, "true", "true"},
		{Column{Type: vec.TBool}, "FALSE", "false"},
		{Column{Type: vec.TBool}, "T", "true"},
		{Column{Type: vec.TBool}, "f", "false"},
		{Column{Type: vec.TBool}, "1", "true"},
		{Column{Type: vec.TBool}, "0", "false"},
		{Column{Type: vec.TBool}, "2", `!"2" is not a bool`},
		{Column{Type: vec.TInt8}, "-128", "-128"},
		{Column{Type: vec.TInt8}, "127", "127"},
		{Column{Type: vec.TInt8}, "128", "!out of range for int8"},
		{Column{Type: vec.TInt8}, "-129", "!out of range for int8"},
		{Column{Type: vec.TInt16}, "-32769", "!out of range for int16"},
		{Column{Type: vec.TInt16}, "32767", "32767"},
		{Column{Type: vec.TInt32}, "-2147483648", "-2147483648"},
		{Column{Type: vec.TInt32}, "2147483648", "!out of range for int32"},
		{Column{Type: vec.TInt64}, "-9223372036854775808", "-9223372036854775808"},
		{Column{Type: vec.TInt64}, "9223372036854775807", "9223372036854775807"},
		{Column{Type: vec.TInt64}, "9223372036854775808", "!out of range for int64"},
		{Column{Type: vec.TInt64}, "00000000000000000000000042", "42"},
		{Column{Type: vec.TInt64}, "+7", "7"},
		{Column{Type: vec.TInt64}, " 7 ", "7"},
		{Column{Type: vec.TInt64}, "-", `!"-" is not an int64`},
		{Column{Type: vec.TInt64}, "1e3", `!"1e3" is not an int64`},
		{Column{Type: vec.TInt64}, "123456789x", `!"123456789x" is not an int64`},
		{Column{Type: vec.TInt64}, "\"12\"", "12"},
		{Column{Type: vec.TInt64}, "\"\"", "∅"},
		{Column{Type: vec.TUint8}, "255", "255"},
		{Column{Type: vec.TUint8}, "256", "!out of range for uint8"},
		{Column{Type: vec.TUint8}, "-1", "!out of range for uint8"},
		{Column{Type: vec.TUint16}, "65536", "!out of range for uint16"},
		{Column{Type: vec.TUint32}, "4294967295", "4294967295"},
		{Column{Type: vec.TUint64}, "18446744073709551615", "18446744073709551615"},
		{Column{Type: vec.TUint64}, "18446744073709551616", "!out of range for uint64"},
		{Column{Type: vec.TFloat64}, "0.1", "0.1"},
		{Column{Type: vec.TFloat64}, "-0", "-0"},
		{Column{Type: vec.TFloat64}, ".5", "0.5"},
		{Column{Type: vec.TFloat64}, "5.", "5"},
		{Column{Type: vec.TFloat64}, "1e-400", "0"},
		{Column{Type: vec.TFloat64}, "NaN", "NaN"},
		{Column{Type: vec.TFloat64}, "-INF", "-Infinity"},
		{Column{Type: vec.TFloat64}, "1e400", "!out of range for float64"},
		{Column{Type: vec.TFloat64}, "0x1p4", "!is not a float64"},
		{Column{Type: vec.TFloat64}, "abc", `!"abc" is not a float64`},
		{Column{Type: vec.TFloat32}, "16777217", "1.6777216e+07"},
		{Column{Type: vec.TFloat32}, "0.1", "0.1"},
		{Column{Type: vec.TFloat32}, "1e39", "!out of range for float32"},
		{Column{Type: vec.TDecimal(5, 2)}, "123.45", "123.45"},
		{Column{Type: vec.TDecimal(5, 2)}, "-0.5", "-0.50"},
		{Column{Type: vec.TDecimal(5, 2)}, "1000", "!out of range for decimal(5, 2)"},
		{Column{Type: vec.TDecimal(5, 2)}, "1.005", "1.01"},
		{Column{Type: vec.TDecimal(38, 0)}, "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
		{Column{Type: vec.TDecimal(20, 4)}, "1234567890123456.7891", "1234567890123456.7891"},
		{Column{Type: vec.TString}, "é…", "é…"},
		{Column{Type: vec.TString}, "\"a\"\"b\"", `a"b`},
		{Column{Type: vec.TString}, "a\xffb", "!not valid UTF-8"},
		{Column{Type: vec.TString}, "\"a\xff\"", "!not valid UTF-8"},
		{Column{Type: vec.TBinary}, "a\xff", `\x61ff`},
		{Column{Type: vec.TBinary}, `\x00ff`, `\x00ff`},
		{Column{Type: vec.TDate}, "2024-02-29", "2024-02-29"},
		{Column{Type: vec.TDate}, "2023-02-29", "!is not a date"},
		{Column{Type: vec.TDate, Layout: "%d.%m.%Y"}, "29.02.2024", "2024-02-29"},
		{Column{Type: vec.TDate, Layout: "%d.%m.%Y"}, "2024-02-29", "!does not match the layout"},
		{Column{Type: vec.TTime(vec.Micro)}, "23:59:59.5", "23:59:59.5"},
		{Column{Type: vec.TTime(vec.Micro), Layout: "%I:%M %p"}, "11:05 pm", "23:05:00"},
		{Column{Type: vec.TDuration(vec.Milli)}, "-01:00:00.25", "-01:00:00.25"},
		{Column{Type: micro}, "2024-01-01", "2024-01-01 00:00:00"},
		{Column{Type: micro}, "2024-01-01 03:25:45.123456", "2024-01-01 03:25:45.123456"},
		{Column{Type: micro}, "2024-01-01T03:25:45Z", "2024-01-01 03:25:45"},
		{Column{Type: micro}, "2024-01-01T03:25:45.1234569+02:00", "2024-01-01 01:25:45.123456"},
		{Column{Type: micro}, "2024-01-01 03:25:60", "!is not a timestamp"},
		{Column{Type: micro}, "2024-13-01 03:25:45", "!is not a timestamp"},
		{Column{Type: micro}, "2024-01-01 03:25:45.", "!is not a timestamp"},
		{Column{Type: micro}, "2024-01-01x03:25:45", "!is not a timestamp"},
		{Column{Type: nano}, "2024-01-01 03:25:45.123456789", "2024-01-01 03:25:45.123456789"},
		{Column{Type: nano}, "2300-01-01 00:00:00", "!is not a timestamp"},
		{Column{Type: vec.TTimestamp(vec.Second)}, "1969-12-31 23:59:59.9", "1969-12-31 23:59:59"},
	}
	for _, c := range cases {
		c.column.Nullable = true
		got := column1(t, c.column, nil, c.text)[0]
		reason, bad := strings.CutPrefix(c.want, "!")
		if bad && !strings.Contains(got, reason) || !bad && got != c.want {
			t.Errorf("%s %s: %q is %q, want %q", c.column.Type, c.column.Layout, c.text, got, c.want)
		}
	}
}

func TestLayouts(t *testing.T) {
	const want = "2024-03-05 14:07:09"
	cases := []struct{ layout, text, want string }{
		{"%Y-%m-%d %H:%M:%S", "2024-03-05 14:07:09", want},
		{"%Y-%m-%d %H:%M:%S", "2024-03-05T14:07:09", "!"},
		{"%Y-%m-%d %H:%M:%S", "2024-03-05 14:07:09.5", "!"},
		{"%Y-%m-%d %H:%M:%S", "2024-3-5 14:7:9", want},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-03-05 14:07:09.25", want + ".25"},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-03-05 14:07:09", "!"},
		{"%Y-%m-%d %H:%M:%S.%f", "2024-03-05 14:07:09.1234567890", "!"},
		{"%Y/%m/%dT%H:%M:%S", "2024/03/05T14:07:09", want},
		{"%Y/%m/%dT%H:%M:%S", "2024-03-05T14:07:09", "!"},
		{"%d %b %Y, %H:%M:%S", "05 Mar 2024, 14:07:09", want},
		{"%d %B %y %I:%M:%S %p", "5 march 24 02:07:09 PM", want},
		{"%A, %d %B %Y %T", "Tuesday, 05 March 2024 14:07:09", want},
		{"%Y%m%d%H%M%S", "20240305140709", want},
		{"%F %T%z", "2024-03-05 16:07:09+0200", want},
		{"%F %T %Z", "2024-03-05 14:07:09 UTC", want},
		{"%F %T %Z", "2024-03-05 14:07:09 EST", "!"},
		{"%Y-%j %R", "2024-065 14:07", "2024-03-05 14:07:00"},
		{"%s", "1709647629", want},
		{"%m/%d/%Y", "03/05/2024", "2024-03-05 00:00:00"},
		{"%d.%m.%Y %H:%M", "31.02.2024 14:07", "!"},
		{"2006-01-02 15:04:05", "2024-03-05 14:07:09", want},
		{"2006-01-02 15:04:05", "2024-03-05 14:07:09.5", want + ".5"}, // as time.Parse
		{"2006-01-02 15:04:05.000", "2024-03-05 14:07:09.250", want + ".25"},
		{"2006-01-02T15:04:05Z07:00", "2024-03-05T16:07:09+02:00", want},
		{"Jan _2, 2006 3:04:05 PM", "Mar 5, 2024 2:07:09 PM", want},
		{"02/01/06 15h04", "05/03/24 14h07", "2024-03-05 14:07:00"},
	}
	for _, c := range cases {
		got := column1(t, Column{Type: vec.TTimestamp(vec.Micro), Nullable: true, Layout: c.layout}, nil, `"`+c.text+`"`)[0]
		if c.want == "!" && !strings.Contains(got, "is ") && !strings.Contains(got, "match") || c.want != "!" && got != c.want {
			t.Errorf("%q by %q is %q, want %q", c.text, c.layout, got, c.want)
		}
	}
}

func TestNullTexts(t *testing.T) {
	nulls := []string{"NA", "-999", "null", ""}
	for _, c := range []struct {
		typ  vec.Type
		text string
		want string
	}{
		{vec.TInt64, "NA", "∅"},
		{vec.TInt64, "-999", "∅"},
		{vec.TInt64, "\"-999\"", "-999"},
		{vec.TInt64, "-99", "-99"},
		{vec.TInt64, "", "∅"},
		{vec.TFloat64, "null", "∅"},
		{vec.TFloat64, "Null", `"Null" is not a float64;`},
		{vec.TString, "null", "∅"},
		{vec.TString, "\"null\"", "null"},
		{vec.TString, "\"\"", ""},
		{vec.TBool, "NA", "∅"},
		{vec.TDate, "-999", "∅"},
	} {
		if got := column1(t, Column{Type: c.typ, Nullable: true}, nulls, c.text)[0]; got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.typ, c.text, got, c.want)
		}
	}
	got := column1(t, Column{Type: vec.TInt64}, nulls, "1", "x", "", "NA", "2")
	want := []string{"1", `"x" is not an int64;`, fields.ReasonNull + ";", fields.ReasonNull + ";", "2"}
	if len(got) != len(want) || got[0] != want[0] || got[4] != want[4] {
		t.Errorf("a column without NULLs: %q, want %q", got, want)
	}
}

func TestInfer(t *testing.T) {
	cases := []struct {
		values string // by a space
		want   string
	}{
		{"true FALSE", "bool"},
		{"true 1", "string"},
		{"1 -2 +3", "int64"},
		{"1 2.5", "float64"},
		{"1 1e3 NaN -inf", "float64"},
		{"9223372036854775808 1", "string"},
		{"9223372036854775808 1.5", "float64"},
		{"2024-01-01 2023-12-31", "date"},
		{"2024-01-01 2024-01-01T10:00:00Z", "timestamp[us]"},
		{"2024-01-01T10:00:00.123456789", "timestamp[ns]"},
		{"2024-02-30", "string"},
		{"NA", "string"},
		{"1-2-3", "string"},
	}
	for _, c := range cases {
		n := NewInferrer(1, nil)
		n.Add([]Field{{}})
		for v := range strings.SplitSeq(c.values, " ") {
			n.Add([]Field{{Text: v}})
		}
		if got := n.Types()[0].String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.values, got, c.want)
		}
	}
	n := NewInferrer(2, []string{"NA"})
	n.Add([]Field{{Text: "NA"}, {Text: "NA"}})
	n.Add([]Field{{Text: "1"}, {}})
	if got := n.Types(); !slices.Equal(got, []vec.Type{vec.TInt64, vec.TString}) {
		t.Errorf("with nulls: %v", got)
	}
}

package csv

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// table collects what a parser of string columns hands over, as text; NULL is "∅".
type table struct {
	rows []string
	bad  []string
}

func (t *table) Rows(b *Batch) error {
	for i := range b.Batch.Rows() {
		r := b.Row(i)
		var fields []string
		for _, c := range b.Cols {
			s := "∅"
			if !c.IsNull(r) {
				s = string(c.Str(r))
			}
			fields = append(fields, s)
		}
		t.rows = append(t.rows, strings.Join(fields, "|"))
	}
	return nil
}

func (t *table) Bad(b *Bad) error {
	t.bad = append(t.bad, fmt.Sprintf("%d-%d@%d %s", b.Start, b.End, b.At, b.Reason))
	return nil
}

func stringParser(t testing.TB, d Dialect, width, maxRow, blockRows int) *Parser {
	o := Options{Dialect: d, MaxRowSize: maxRow}
	for i := range width {
		o.Columns = append(o.Columns, Column{Name: fmt.Sprint("c", i), Type: vec.TString, Nullable: true})
		o.Want = append(o.Want, i)
	}
	p, err := NewParser(o)
	if err != nil {
		t.Fatal(err)
	}
	if blockRows > 0 {
		p.scanner.init(d, width, blockRows, p.opts.MaxRowSize)
	}
	return p
}

func parse(t testing.TB, p *Parser, text string) table {
	var out table
	if err := p.Parse(NewBuffer([]byte(text)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGrammar(t *testing.T) {
	commented := Dialect{Delimiter: ',', Quote: '"', Comment: '#'}
	cases := []struct {
		name    string
		dialect Dialect
		width   int
		text    string
		rows    string // rows by a space, fields by a |
		bad     string
	}{
		{"plain", Default, 2, "a,b\nc,d\n", "a|b c|d", ""},
		{"no last line break", Default, 2, "a,b\nc,d", "a|b c|d", ""},
		{"CRLF", Default, 2, "a,b\r\nc,\r\n", "a|b c|∅", ""},
		{"mixed line breaks", Default, 2, "a,b\r\nc,d\ne,f\r\n", "a|b c|d e|f", ""},
		{"return alone is data", Default, 2, "a,b\rc\nd,e\n", "a|b\rc d|e", ""},
		{"empty and quoted empty", Default, 2, ",\"\"\n\"\",\n", "∅| |∅", ""},
		{"doubled quotes", Default, 2, "\"a\"\"b\",\"\"\"\"\n", `a"b|"`, ""},
		{"line break in quotes", Default, 2, "\"a\nb\",\"c\r\nd\"\r\ne,f", "a\nb|c\r\nd e|f", ""},
		{"return in quotes at the end", Default, 1, "\"a\r\"\n", "a\r", ""},
		{"delimiter in quotes", Default, 2, "\"a,b\",c\n", "a,b|c", ""},
		{"blank lines", Default, 2, "\na,b\n\r\n\nc,d\n\n", "a|b c|d", ""},
		{"blank line of one column", Default, 1, "a\n\nb\r\n\r\n", "a ∅ b ∅", ""},
		{"comments", commented, 2, "#x\"y\na,b\n#\n#,,,\nc,#d\n#", "a|b c|#d", ""},
		{"tabs", Dialect{Delimiter: '\t', Quote: '\''}, 2, "'a\tb'\t\"c\n", "a\tb|\"c", ""},
		{"no quotes", Dialect{Delimiter: ','}, 2, "\"a,b\"\nc,d\n", "\"a|b\" c|d", ""},
		{"too few", Default, 3, "a,b,c\nd,e\nf,g,h\n", "a|b|c f|g|h", "7-10@7 expected 3 fields, found 2"},
		{"too many", Default, 2, "a,b\nc,d,e,f\r\ng,h\n", "a|b g|h", "5-12@5 expected 2 fields, found 4"},
		{"too many in one column", Default, 1, "a\nb,c\n", "a", "3-6@3 expected 1 field, found 2"},
		{"quote inside", Default, 2, "a,b\nc,d\"e\nf,g\n", "a|b f|g", "5-10@5 quote inside an unquoted field"},
		{"text behind a quote", Default, 2, "a,\"b\"c\nf,g\n", "f|g", "1-7@6 text behind a closing quote"},
		{"return behind a quote", Default, 2, "a,\"b\"\rc\nf,g\n", "f|g", "1-8@6 text behind a closing quote"},
		{"return and delimiter behind a quote", Default, 2, "\"b\"\r,c\nf,g\n", "f|g", "1-7@4 text behind a closing quote"},
		{"unclosed", Default, 2, "a,b\nc,\"d\ne,f\ng,h", "a|b e|f g|h", "5-9@7 quote that is never closed"},
		{"unclosed at the end", Default, 2, "a,b\nc,\"d", "a|b", "5-9@7 quote that is never closed"},
		{
			"bad rows of all kinds", Default, 2, "a\"\nb,c\n\"d\"e\nf\n\"g\nh,i\n", "b|c h|i",
			"1-3@1 quote inside an unquoted field;8-12@11 text behind a closing quote;13-14@13 expected 2 fields, found 1;15-17@15 quote that is never closed",
		},
	}
	for _, c := range cases {
		for _, block := range []int{0, 1, 2} {
			got := parse(t, stringParser(t, c.dialect, c.width, 0, block), c.text)
			if rows := strings.Join(got.rows, " "); rows != c.rows {
				t.Errorf("%s: rows are %q, want %q", c.name, rows, c.rows)
			}
			if bad := strings.Join(got.bad, ";"); bad != c.bad {
				t.Errorf("%s: bad rows are %q, want %q", c.name, bad, c.bad)
			}
		}
	}
}

func TestRowsThatAreTooLarge(t *testing.T) {
	const limit = 8
	cases := []struct{ text, rows, bad string }{
		{"abcd,efg\nx,y\n", "abcd|efg x|y", ""},
		{"abcd,efgh\nx,y\n", "x|y", "1-9@1 row is larger than 8 bytes, the limit on a row's size"},
		{"abcdefghijklmnop,\"e\nfgh\"\nx,y\n", "x|y", "1-9@1 row is larger than 8 bytes, the limit on a row's size;21-25@21 quote inside an unquoted field"},
		{"abcdefg,\"h\ni\"\nx,y\n", "x|y", "1-9@1 row is larger than 8 bytes, the limit on a row's size;12-14@12 quote inside an unquoted field"},
		{"a,\"b\nc\"\nx,y\n", "a|b\nc x|y", ""},
		{"a,\"b\nc,defgh\"\nx,y\n", "x|y", "1-5@3 quote that is never closed;6-14@6 quote inside an unquoted field"},
	}
	for _, c := range cases {
		got := parse(t, stringParser(t, Default, 2, limit, 0), c.text)
		if rows := strings.Join(got.rows, " "); rows != c.rows {
			t.Errorf("%q: rows are %q, want %q", c.text, rows, c.rows)
		}
		if bad := strings.Join(got.bad, ";"); bad != c.bad {
			t.Errorf("%q: bad rows are %q, want %q", c.text, bad, c.bad)
		}
	}
}

// randomText is a document that is mostly well-formed, of about n pieces.
func randomText(rng *rand.Rand, n int) string {
	pieces := []string{
		"a", "bc", "longer text, not quoted", "1", ",", ",", ",", "\n", "\n", "\r\n", "\"", "\"\"", ",\"x\"", "\"a,b\"", "\"l\nm\",", "\"q\"\"r\"\n", "é", "#",
		"\n\n", ",\n", strings.Repeat("w", 70), "\"" + strings.Repeat("v,", 40) + "\"",
	}
	clean := rng.IntN(2) == 0
	var sb strings.Builder
	for range n {
		p := pieces[rng.IntN(len(pieces))]
		if clean && strings.Contains(p, "\"") {
			continue
		}
		sb.WriteString(p)
	}
	return sb.String()
}

// TestAgainstEncodingCSV compares well-formed documents with the standard library's reader.
func TestAgainstEncodingCSV(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for round := range 2000 {
		width := 1 + rng.IntN(4)
		text, want := wellFormed(t, rng, width)
		p := stringParser(t, Default, width, 0, 1+rng.IntN(5))
		got := parse(t, p, text)
		if len(got.bad) > 0 || !equal(got.rows, want) {
			t.Fatalf("seed %d, round %d: %q\ngot  %q, bad %q\nwant %q", seed, round, text, got.rows, got.bad, want)
		}
	}
}

// wellFormed is a random document and its rows as encoding/csv reads them.
func wellFormed(t testing.TB, rng *rand.Rand, width int) (text string, rows []string) {
	contents := []string{"", "a", "word", "1234567890", "two words", "a,b", "say \"x\"", "line\nbreak", "é…", strings.Repeat("x", 100), "#", "'", "\""}
	var sb strings.Builder
	for range rng.IntN(30) {
		for f := range width {
			s := contents[rng.IntN(len(contents))]
			// A row of a single empty field is a blank line, which encoding/csv skips.
			if strings.ContainsAny(s, ",\"\n") || rng.IntN(4) == 0 || s == "" && width == 1 {
				s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
			}
			if f > 0 {
				sb.WriteByte(',')
			}
			sb.WriteString(s)
		}
		sb.WriteString([]string{"\n", "\r\n"}[rng.IntN(2)])
	}
	text = sb.String()
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = width
	for {
		record, err := r.Read()
		if err == io.EOF {
			return text, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, joinAsOurs(text, record, r))
	}
}

// joinAsOurs is a record as table has it: where the text has an unquoted empty field, it is NULL.
func joinAsOurs(text string, record []string, r *csv.Reader) string {
	lines := strings.SplitAfter(text, "\n")
	fields := make([]string, len(record))
	for i, s := range record {
		line, column := r.FieldPos(i)
		at := lines[line-1]
		if s == "" && !strings.HasPrefix(at[column-1:], `"`) {
			s = "∅"
		}
		fields[i] = s
	}
	return strings.Join(fields, "|")
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestIndex compares the index with one made byte by byte, from and to all offsets of a word.
func TestIndex(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		text := []byte(randomText(rng, rng.IntN(60)))
		if rng.IntN(4) == 0 {
			text = bytes.Repeat([]byte{','}, rng.IntN(300))
		}
		from := rng.IntN(len(text) + 1)
		to := from + rng.IntN(len(text)-from+1)
		want := indexed{upTo: from}
		wantPos := make([]uint32, len(text)+indexSlack)
		indexBytes(wantPos, text, &want, to, ',', '"')
		room := indexSlack + rng.IntN(len(text)+1)
		var got []uint32
		lines, high, at := 0, false, from
		for at < to {
			pos := make([]uint32, room)
			x := index(pos, text, at, to, ',', '"')
			got = append(got, pos[:x.marks]...)
			lines, high, at = lines+x.newlines, high || x.high, x.upTo
		}
		if fmt.Sprint(got) != fmt.Sprint(wantPos[:want.marks]) || lines != want.newlines || high != want.high {
			t.Fatalf("seed %d: %q[%d:%d]: got %v %d %v, want %v %d %v", seed, text, from, to, got, lines, high, wantPos[:want.marks], want.newlines, want.high)
		}
	}
}

// TestBlocksDontShow compares parsers with blocks of all sizes, regular paths and not, on documents full of mistakes.
func TestBlocksDontShow(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for round := range 3000 {
		text := randomText(rng, rng.IntN(80))
		d := Default
		if rng.IntN(3) == 0 {
			d.Comment = '#'
		}
		width, maxRow := 1+rng.IntN(3), []int{0, 20, 100}[rng.IntN(3)]
		want := parse(t, stringParser(t, d, width, maxRow, 1), text)
		for _, block := range []int{0, 2, 3, 7} {
			p := stringParser(t, d, width, maxRow, block)
			b := NewBuffer([]byte(text))
			b.NoQuotes = !strings.Contains(text, `"`)
			var got table
			if err := p.Parse(b, &got); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d, round %d, block %d: %q\ngot  %q\nwant %q", seed, round, block, text, got, want)
			}
		}
	}
}

package csv

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// splitAt reads text in chunks of size bytes as a connector does, without knowing anything but the splitter, and
// parses the pieces.
func splitAt(t testing.TB, s *Splitter, p *Parser, text string, size int) table {
	var out table
	first := 0 // of the next chunk's first row
	for from := 0; from < len(text); from += size {
		to := min(from+size, len(text))
		if first >= to {
			continue
		}
		v := s.Survey(NewBuffer([]byte(text[from:to])))
		b := NewBuffer([]byte(text[from:to]))
		base := from - Lead // place 0 of the buffer, in the text
		at := s.LastRow(b, v, first-base)
		next, end, long := to, to, ""
		for more := 1; to < len(text); more++ {
			have := min(to+more, len(text))
			b = NewBuffer([]byte(text[from:have]))
			cut := s.NextRow(b, at, to-base, have == len(text))
			at, next = cut.At, cut.At+base
			end = min(next, len(text))
			if cut.Long {
				rest := text[have:] + "\n" // skip to the line break
				next = have + strings.IndexByte(rest, '\n') + 1
			}
			if cut.Bad != nil {
				long = fmt.Sprintf("%d-%d@%d %s", cut.At, min(lineEnd(text, next)-base, cut.At+s.maxRow), cut.Bad.At, cut.Bad.Reason)
			}
			if !cut.More {
				break
			}
		}
		b = NewBuffer([]byte(text[from:end]))
		b.From = first - base
		n := len(out.bad)
		if err := p.Parse(b, &out); err != nil {
			t.Fatal(err)
		}
		if long != "" {
			out.bad = append(out.bad, long)
		}
		for i := n; i < len(out.bad); i++ {
			out.bad[i] = shiftBad(out.bad[i], from)
		}
		first = next
	}
	return out
}

// lineEnd is the end of the line that the one at place next comes after, or of the text.
func lineEnd(text string, next int) int {
	if next > len(text) {
		return len(text)
	}
	return next - len("\n") - strings.Count(text[max(0, next-2):next], "\r")
}

// shiftBad moves the places in a bad row's text.
func shiftBad(s string, by int) string {
	var start, end, at int
	if _, err := fmt.Sscanf(s, "%d-%d@%d", &start, &end, &at); err != nil {
		return s
	}
	old := fmt.Sprintf("%d-%d@%d", start, end, at)
	return fmt.Sprintf("%d-%d@%d", start+by, end+by, at+by) + s[len(old):]
}

// TestChunksDontShow cuts documents full of mistakes at every place.
func TestChunksDontShow(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for round := range 4000 {
		var text string
		switch rng.IntN(8) {
		case 0:
			text = randomText(rng, rng.IntN(40))
		case 1:
			text, _ = wellFormed(t, rng, 2)
		default:
			text = randomRows(rng)
		}
		d := Default
		if rng.IntN(4) == 0 {
			d.Comment = '#'
		}
		maxRow := []int{1 << 20, 1 << 20, 60, 15}[rng.IntN(4)]
		p, s := stringParser(t, d, 2, maxRow, 0), NewSplitter(d, maxRow)
		want := parse(t, p, text)
		for size := 1; size <= len(text); size += 1 + size/4 {
			got := splitAt(t, s, p, text, size)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d, round %d, chunks of %d, rows of %d: %q\ngot  %q\nwant %q", seed, round, size, maxRow, text, got, want)
			}
		}
	}
}

// randomRows is a document in which most rows are good, many have line breaks, and a mistake is
// made so that counting quotes leads astray.
func randomRows(rng *rand.Rand) string {
	good := []string{"a,b\n", ",\n", "\"a,\"\"b\"\"\",c\r\n", "\"l\nm\",x\n", "\"p\n\nq,\",\"r\"\n", "x,\"\"\n", "\"\n,\",\"\n\"\n", "y,\"a\r\n\r\nb\"\r\n", "\n"}
	odd := []string{
		"a\"b,c\n", "\"x\"y,\"z\"\n", "\"x\"y\"z,\n", "\"x\"\ra\"b,c\n", "#c\"omment\n", "#\",\"\"\n", "\"never\n", "a,\",\n", "\"a\"\r\"b\n",
		"\" \",\"c,d\"e\"\n", "w\"\n", "#x,\"y\n", "\"a\"\r,\"b\n", "longer than a row may be,\"\n", "a,\"longer than\na row\nmay be\"\n", "\"\"\"\n", "q,\"\"\"\"\"\n",
	}
	var sb strings.Builder
	for range 1 + rng.IntN(9) {
		from := good
		if rng.IntN(5) == 0 {
			from = odd
		}
		sb.WriteString(from[rng.IntN(len(from))])
	}
	return strings.TrimSuffix(sb.String(), []string{"", "\n"}[rng.IntN(2)])
}

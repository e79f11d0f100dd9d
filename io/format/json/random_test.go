package json

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRandomDocuments makes lines of random shapes, some of them damaged, and compares what becomes of them with
// encoding/json.
func TestRandomDocuments(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	for range 300 {
		g := generator{r: r, spaces: r.IntN(3) == 0}
		var text []byte
		for range r.IntN(60) {
			line := g.object(0)
			if r.IntN(10) == 0 && len(line) > 0 {
				line[r.IntN(len(line))] = damage[r.IntN(len(damage))]
			}
			text = append(append(text, line...), '\n')
		}
		checkLines(t, text, 1+r.IntN(20))
	}
}

// damage is bytes that mean something to a parser.
const damage = " \"\\{}[],:e.0x\x00\xff"

// generator makes JSON text.
type generator struct {
	r      *rand.Rand
	spaces bool
}

func (g *generator) space() string {
	if !g.spaces {
		return ""
	}
	return strings.Repeat(" ", g.r.IntN(3)) + []string{"", "\t", "\r"}[g.r.IntN(3)]
}

// object is an object with keys that the test columns have, others, and some twice.
func (g *generator) object(depth int) []byte {
	keys := []string{"a", "i", "f", "b", "o", "x", "y", "z", "t", "other", "\\u0061", "a key that is longer than words", "é", ""}
	out := []byte("{")
	for i := range g.r.IntN(7) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, g.space()...)
		out = append(append(append(out, '"'), keys[g.r.IntN(len(keys))]...), '"')
		out = append(append(append(out, g.space()...), ':'), g.space()...)
		out = append(append(out, g.value(depth+1)...), g.space()...)
	}
	return append(out, '}')
}

func (g *generator) value(depth int) []byte {
	switch kind := g.r.IntN(10); {
	case kind == 0:
		return []byte("null")
	case kind == 1:
		return []byte([]string{"true", "false"}[g.r.IntN(2)])
	case kind <= 4:
		return []byte(g.number())
	case kind <= 7 || depth > 4:
		return []byte(g.str())
	case kind == 8:
		return g.object(depth)
	}
	out := []byte("[")
	for i := range g.r.IntN(4) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, g.space()...), g.value(depth+1)...), g.space()...)
	}
	return append(out, ']')
}

func (g *generator) number() string {
	s := []string{"", "-"}[g.r.IntN(2)] + fmt.Sprint(g.r.Uint64()>>g.r.IntN(64))
	if g.r.IntN(2) == 0 {
		s += "." + fmt.Sprint(g.r.Uint64()>>g.r.IntN(64))
	}
	if g.r.IntN(3) == 0 {
		s += []string{"e", "E"}[g.r.IntN(2)] + []string{"", "+", "-"}[g.r.IntN(3)] + fmt.Sprint(g.r.IntN(30))
	}
	return s
}

func (g *generator) str() string {
	parts := []string{"a", "plain text", "é", "😀", `\n`, `\"`, `\\`, `\u0041`, `\ud83d\ude00`, "0", "42", "true", "2024-01-01", "{", "]", ","}
	var b strings.Builder
	for range g.r.IntN(5) {
		b.WriteString(parts[g.r.IntN(len(parts))])
	}
	return `"` + b.String() + `"`
}

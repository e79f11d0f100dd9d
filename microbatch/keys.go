package microbatch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// keyOf is what a step is called in a state: what it does, and a hash of that and of all that feeds it. The same program gives the same keys, in
// whatever process. What is added to a program leaves the other steps' keys as they are, unless it makes the optimizer read more of
// a source that both share.
//
//	group by name: count, sum(value) [5f0c2a91]
func (b *builder) keyOf(n plan.Node, inputs []*step) string {
	key := plan.Describe(n)
	if _, ok := n.(*plan.Write); !ok { // a sink is what it is, whatever feeds it
		h := sha256.New()
		fmt.Fprintln(h, key)
		for _, in := range inputs {
			fmt.Fprintln(h, in.key)
		}
		key = fmt.Sprintf("%s [%s]", key, hex.EncodeToString(h.Sum(nil)[:4]))
	}
	b.keys[key]++
	if times := b.keys[key]; times > 1 { // the same table made twice
		return fmt.Sprintf("%s #%d", key, times)
	}
	return key
}

// structure is what the state of a step looks like, as far as that doesn't follow from its key: the columns that it reads.
func (s *step) structure() string {
	var text strings.Builder
	for i, in := range s.inputs {
		if i > 0 {
			text.WriteString("; ")
		}
		text.WriteString(in.kind.String())
		schema := in.node.Schema()
		for c := range schema.Len() {
			f := schema.Field(c)
			fmt.Fprintf(&text, " %s %s", f.Name, f.Type)
		}
	}
	return text.String()
}

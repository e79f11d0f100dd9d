package csv

import "slices"

// nullTexts are the texts that stand for NULL besides the empty one.
type nullTexts struct {
	texts   []string
	lengths uint64 // bit n: one of them has n bytes; bit 63: 63 or more
}

func newNullTexts(texts []string) nullTexts {
	n := nullTexts{}
	for _, t := range texts {
		if t == "" || slices.Contains(n.texts, t) {
			continue
		}
		n.texts = append(n.texts, t)
		n.lengths |= 1 << min(len(t), 63)
	}
	return n
}

// has reports whether text is one of them.
func (n *nullTexts) has(text []byte) bool {
	if n.lengths>>min(len(text), 63)&1 == 0 {
		return false
	}
	for _, t := range n.texts {
		if t == string(text) {
			return true
		}
	}
	return false
}

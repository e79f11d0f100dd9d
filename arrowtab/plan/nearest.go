package plan

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxListed is how many names a message lists: more help nobody.
const maxListed = 20

// UnknownColumn is the error for a name that the schema doesn't have: it says which names are near, and all that
// there are.
func UnknownColumn(name string, s *Schema) error {
	text := fmt.Sprintf("unknown column %q", name)
	if near := Nearest(name, s.Names()); len(near) > 0 {
		text += "; did you mean " + orList(near) + "?"
	} else {
		text += "."
	}
	return fmt.Errorf("%s The columns are: %s", text, listed(s.Names()))
}

// Nearest is the names that are a slip of the keys away from name, nearest first, at most three: names that
// differ in case only, or whose edit distance is at most a third of name's length.
func Nearest(name string, names []string) []string {
	limit := max(1, utf8.RuneCountInString(name)/3)
	byDistance := make([][]string, limit+1)
	for _, n := range names {
		if d := editDistance(strings.ToLower(name), strings.ToLower(n)); d <= limit {
			byDistance[d] = append(byDistance[d], n)
		}
	}
	var near []string
	for _, ns := range byDistance {
		near = append(near, ns...)
	}
	return near[:min(3, len(near))]
}

// editDistance is the least number of inserted, deleted, replaced and swapped neighbouring characters that make b of a
// (optimal string alignment; three rows of the classic table are kept).
func editDistance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	before, last, row := make([]int, len(rb)+1), make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range last {
		last[j] = j
	}
	for i, ca := range ra {
		row[0] = i + 1
		for j, cb := range rb {
			replace := last[j]
			if ca != cb {
				replace++
			}
			row[j+1] = min(replace, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && ca == rb[j-1] && ra[i-1] == cb {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(rb)]
}

// orList is "a", "b" or "c".
func orList(names []string) string {
	var sb strings.Builder
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			sb.WriteString(" or ")
		case i > 0:
			sb.WriteString(", ")
		}
		fmt.Fprintf(&sb, "%q", n)
	}
	return sb.String()
}

func listed(names []string) string {
	if len(names) <= maxListed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s … and %d more", strings.Join(names[:maxListed], ", "), len(names)-maxListed)
}

package op

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMarks holds marks against sets of numbers.
func TestMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m marks
		changed, due := map[uint32]bool{}, map[uint32]bool{}
		size := rapid.IntRange(1, 300).Draw(t, "numbers")
		number := rapid.Uint32Range(0, uint32(size-1))
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch step := rapid.SampledFrom([]string{"change", "take", "begin", "whole"}).Draw(t, "step"); step {
			case "change":
				ids := rapid.SliceOfNDistinct(number, 0, size, rapid.ID).Draw(t, "ids")
				var want []uint32
				for _, id := range ids {
					changed[id] = true
					if due[id] {
						want = append(want, id)
						delete(due, id)
					}
				}
				if got := m.change(ids, nil); !slices.Equal(got, want) {
					t.Fatalf("%v were due, want %v", got, want)
				}
			case "take":
				takeSome(t, &m, due, rapid.IntRange(1, size).Draw(t, "most"))
			default:
				takeSome(t, &m, due, size)
				m.begin(step == "whole", size)
				due, changed = changed, map[uint32]bool{}
				for id := 0; step == "whole" && id < size; id++ {
					due[uint32(id)] = true
				}
			}
			for id := range uint32(size + 70) {
				if m.isChanged(id) != changed[id] {
					t.Fatalf("%d is changed: %v", id, changed[id])
				}
			}
		}
	})
}

func takeSome(t *rapid.T, m *marks, due map[uint32]bool, most int) {
	var want []uint32
	for id := range due {
		want = append(want, id)
	}
	slices.Sort(want)
	want = want[:min(most, len(want))]
	for _, id := range want {
		delete(due, id)
	}
	if got := m.take(most, nil); !slices.Equal(got, want) {
		t.Fatalf("took %v, want %v", got, want)
	}
}

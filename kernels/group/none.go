package group

import "github.com/pwcol/pwcol/kernels/vec"

// none is the table without key columns: all rows are of group 0.
type none struct {
	any bool // there was a row
}

func (t *none) Intern(_ []*vec.Vec, _ int, _ []uint32, ids []uint32) {
	clear(ids)
	t.any = t.any || len(ids) > 0
}

func (t *none) Len() int {
	if t.any {
		return 1
	}
	return 0
}

func (t *none) Keys([]uint32) []*vec.Vec { return nil }
func (t *none) Hash(uint32) uint64       { return 0 }

func (t *none) Merge(_ Groups, src, dst []uint32) {
	clear(dst)
	t.any = t.any || len(src) > 0
}

func (t *none) Remove(ids []uint32) { t.any = t.any && len(ids) == 0 }
func (t *none) Longest() int        { return 0 }
func (t *none) Bytes() int64        { return 0 }
func (t *none) Reset()              { t.any = false }

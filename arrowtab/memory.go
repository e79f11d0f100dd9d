package arrowtab

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Memory is a Source whose rows are in memory already. The engine reads its batches, and lends them on; nobody writes
// to them.
type Memory struct {
	schema  *Schema
	batches []*vec.Batch
}

// NewMemory makes a source of dense batches with the columns of s. They are held, not copied, and must not change
// any more.
func NewMemory(s *Schema, batches []*vec.Batch) *Memory { return &Memory{s, batches} }

// Schema is the schema of the rows.
func (m *Memory) Schema() *Schema { return m.schema }

// Batches is all rows, in order.
func (m *Memory) Batches() []*vec.Batch { return m.batches }

// Rows is how many rows there are.
func (m *Memory) Rows() int64 {
	n := int64(0)
	for _, b := range m.batches {
		n += int64(b.Rows())
	}
	return n
}

// Describe is "memory" and the number of rows.
func (m *Memory) Describe() plan.Description {
	return plan.Description{Kind: "memory", Target: count(m.Rows(), "row")}
}

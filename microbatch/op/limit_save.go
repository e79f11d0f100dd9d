package op

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// A limit's state in checkpoints is a row of two numbers: how many rows it has left out, and how many it has passed.

var _ Durable = (*limit)(nil)

// State implements Stateful: between epochs it keeps no rows.
func (l *limit) State() State { return State{} }

// BeginSave implements Durable: it always saves all.
func (l *limit) BeginSave(bool) {
	l.saved = savedCopies{} // too little to be charged
	l.saved.add(savedGroups, savedInts(l.node.Offset-l.skip), savedInts(l.node.N-l.left))
}

// Save implements Durable.
func (l *limit) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	return l.saved.save(rows, emit)
}

// Load implements Durable.
func (l *limit) Load(table int, b *vec.Batch) error {
	err := checkSaved(b, intTypes(2))
	if err == nil && (table != savedGroups || b.N != 1) {
		err = fmt.Errorf("table %d has %d rows, expected one of table 0: it was saved by another program", table, b.N)
	}
	if err != nil {
		return fmt.Errorf("%s: state: %w", l.env.Name, err)
	}
	done := intsOf(b.Cols)
	l.skip, l.left = max(0, l.node.Offset-max(0, done[0][0])), max(0, l.node.N-max(0, done[1][0]))
	return nil
}

// Loaded implements Durable.
func (l *limit) Loaded() error {
	l.begin()
	return nil
}

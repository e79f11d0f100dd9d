package state

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/blocks"
)

// readBuffer is how much is read at once where blocks are smaller.
const readBuffer = 256 << 10

// Load calls yield for the batches of an operator's state, in the order in which they were added, up to the first error. Batches are lent. Each
// block's checksum is checked, so that an error, a *DamageError, may come after some have been yielded. Several may load at once.
func (s *Store) Load(m Manifest, operator string, yield func(table int, b *vec.Batch) error) error {
	o, ok := m.Operator(operator)
	if !ok {
		return fmt.Errorf("the checkpoint of epoch %d has no state of operator %q", m.Epoch, operator)
	}
	coder := s.coder()
	defer s.giveBack(coder)
	for _, p := range o.Parts {
		if p.Bytes == 0 {
			continue
		}
		if err := s.loadPart(m.Epoch, o, p, coder, yield); err != nil {
			return err
		}
	}
	return nil
}

// loadPart loads one part.
func (s *Store) loadPart(epoch int64, o Operator, p Part, coder *blocks.Coder, yield func(table int, b *vec.Batch) error) error {
	place := s.storage.Place(p.File)
	r, err := s.storage.Open(p.File)
	if err != nil {
		return fileError(place, epoch, err)
	}
	defer r.Close()
	size, err := r.Size()
	if err == nil && size < p.Offset+p.Bytes {
		err = fmt.Errorf("the file was cut: it has %d bytes, %d are needed", size, p.Offset+p.Bytes)
	}
	if err == nil {
		err = checkBlockHeader(r, p.File, s.id.Job)
	}
	if err != nil {
		return fileError(place, epoch, err)
	}
	in := io.LimitedReader{R: bufio.NewReaderSize(io.NewSectionReader(r, p.Offset, p.Bytes), readBuffer), N: p.Bytes}
	rows := int64(0)
	for n := range p.Blocks {
		at := p.Offset + p.Bytes - in.N
		b, table, err := coder.Read(&in)
		if err == nil {
			err = o.fits(int(table), b)
		}
		if err != nil {
			return &DamageError{Path: place, Offset: at, Epoch: epoch, Err: fmt.Errorf("block %d of %d: %w", n+1, p.Blocks, err)}
		}
		rows += int64(b.N)
		if err := yield(int(table), b); err != nil {
			return err
		}
	}
	if in.N > 0 || rows != p.Rows {
		err := fmt.Errorf("%d rows and %d more bytes, not %d rows", rows, in.N, p.Rows)
		return &DamageError{Path: place, Offset: p.Offset, Epoch: epoch, Err: err}
	}
	return nil
}

// fits checks that a batch looks as those of its table do.
func (o Operator) fits(table int, b *vec.Batch) error {
	if table >= len(o.Tables) {
		return fmt.Errorf("it is of table %d, of %d", table, len(o.Tables))
	}
	types := o.Tables[table].Types
	if len(types) != len(b.Cols) {
		return fmt.Errorf("it has %d columns, table %d has %d", len(b.Cols), table, len(types))
	}
	for i, c := range b.Cols {
		if c.Type.String() != types[i] {
			return fmt.Errorf("column %d is of type %s, table %d has %s", i+1, c.Type, table, types[i])
		}
	}
	return nil
}

// Verify reads all that a checkpoint is made of. Its error is that of every operator that can't be loaded.
func (s *Store) Verify(m Manifest) error {
	var errs []error
	for _, o := range m.Operators {
		errs = append(errs, s.Load(m, o.ID, func(int, *vec.Batch) error { return nil }))
	}
	return errors.Join(errs...)
}

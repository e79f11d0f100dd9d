package parquet

import "github.com/pwcol/pwcol/kernels/vec"

// piece is rows that a worker has copied: of one morsel, one behind the other. Its memory is used again when they
// are encoded.
type piece struct {
	rows    int
	columns []pieceColumn
	closed  bool  // no rows are added any more
	left    int   // rows that are not encoded yet, once it is closed
	charged int64 // bytes of its memory when it was last closed
}

// pieceColumn is a column of a piece: plain values, or codes of one dictionary.
type pieceColumn struct {
	dict  *vec.Dict
	codes vec.Builder // of uint32, if dict is not nil
	plain vec.Builder
}

func newPiece(columns []outColumn) *piece {
	p := &piece{columns: make([]pieceColumn, len(columns))}
	for i, c := range columns {
		p.columns[i].codes.Type = vec.TUint32
		p.columns[i].plain.Type = c.typ
	}
	p.reset()
	return p
}

func (p *piece) reset() {
	p.rows, p.left, p.closed = 0, 0, false
	for i := range p.columns {
		c := &p.columns[i]
		c.dict = nil
		c.codes.Reset()
		c.plain.Reset()
	}
}

// maxPieceBytes of a column of strings end a piece, whose offsets are of 31 bits.
const maxPieceBytes = vec.MaxPlainBytes

// takes reports whether the batch's rows can be added: whether its columns have the same dictionaries and those of
// the piece are not too long.
func (p *piece) takes(b *vec.Batch) bool {
	for i, v := range b.Cols {
		c := &p.columns[i]
		if v.Dict != c.dict || v.Type.IsVar() && len(c.plain.Vec().Data) > maxPieceBytes {
			return false
		}
	}
	return true
}

// append copies the rows of b that are meant.
func (p *piece) append(b *vec.Batch) {
	for i, v := range b.Cols {
		c := &p.columns[i]
		if v.Dict == nil {
			c.plain.Append(v, b.Sel)
			continue
		}
		c.dict = v.Dict
		c.codes.Append(&vec.Vec{Type: vec.TUint32, N: v.N, Valid: v.Valid, Data: vec.Bytes(v.Codes)}, b.Sel)
	}
	p.rows += b.Rows()
}

// close ends the piece and says by how many bytes its memory has grown since it was last closed.
func (p *piece) close() (grown int64) {
	p.closed, p.left = true, p.rows
	size := int64(0)
	for i := range p.columns {
		size += p.columns[i].codes.Size() + p.columns[i].plain.Size()
	}
	grown = size - p.charged
	p.charged = size
	return grown
}

// column is rows [from, to) of column i.
func (p *piece) column(i, from, to int) *vec.Vec {
	c := &p.columns[i]
	if c.dict == nil {
		return c.plain.Vec().Slice(from, to)
	}
	codes := c.codes.Vec().Slice(from, to)
	return &vec.Vec{Type: c.plain.Type, N: to - from, Valid: codes.Valid, Codes: vec.Of[uint32](codes), Dict: c.dict}
}

// part is rows [from, to) of a piece.
type part struct {
	piece    *piece
	from, to int
}

func (p part) rows() int { return p.to - p.from }

// takeRows splits parts behind the first n rows, of which there are at least so many.
func takeRows(parts []part, n int) (taken, rest []part) {
	for i, p := range parts {
		if p.rows() > n {
			if n > 0 {
				taken = append(taken, part{p.piece, p.from, p.from + n})
				p.from += n
			}
			return taken, append([]part{p}, parts[i+1:]...)
		}
		taken = append(taken, p)
		n -= p.rows()
	}
	return taken, nil
}

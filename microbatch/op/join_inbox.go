package op

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// rowInbox is the rows of a side that a worker has taken in an epoch: dense and plain, in a few batches whatever the batches that they came in.
// Its memory is used again in the next epoch.
type rowInbox struct {
	account  *vec.Account
	retracts bool // rows have a diff
	builders []*vec.Builder
	diff     []int64
	full     []*vec.Batch
	charged  int64
}

// maxInboxRows and maxInboxBytes are where a batch of an inbox is full.
const (
	maxInboxRows  = 8 * vec.BatchRows // joinBuild numbers rows by 16 bits of it
	maxInboxBytes = vec.MaxPlainBytes
)

func newRowInbox(types []vec.Type, retracts bool, account *vec.Account) *rowInbox {
	in := &rowInbox{account: account, retracts: retracts}
	for _, t := range types {
		in.builders = append(in.builders, vec.NewBuilder(t, 0))
	}
	return in
}

// rows is how many there are in the batch that is being filled.
func (in *rowInbox) rows() int {
	if len(in.builders) == 0 {
		return len(in.diff)
	}
	return in.builders[0].Len()
}

func (in *rowInbox) size() int64 {
	n := int64(8 * cap(in.diff))
	for _, b := range in.builders {
		n += b.Size()
	}
	return n
}

// add copies the rows that are meant.
func (in *rowInbox) add(b *vec.Batch) {
	for _, piece := range b.Pieces() {
		for piece != nil {
			next := (*vec.Batch)(nil)
			if piece.Rows() > maxInboxRows {
				piece, next = splitRows(piece, maxInboxRows)
			}
			in.addPiece(piece)
			piece = next
		}
	}
	in.charge()
}

func (in *rowInbox) addPiece(b *vec.Batch) {
	if in.rows() > 0 && (in.rows()+b.Rows() > maxInboxRows || in.size() > maxInboxBytes) {
		in.seal()
	}
	for i, v := range b.Cols {
		in.builders[i].Append(v, b.Sel)
	}
	in.addDiff(b)
}

// splitRows is the first n rows that b means, and the others.
func splitRows(b *vec.Batch, n int) (first, rest *vec.Batch) {
	if b.Sel == nil {
		return b.Slice(0, n), b.Slice(n, b.N)
	}
	x, y := *b, *b
	x.Sel, y.Sel = b.Sel[:n], b.Sel[n:]
	return &x, &y
}

func (in *rowInbox) addDiff(b *vec.Batch) {
	if !in.retracts && len(in.builders) > 0 {
		return
	}
	for i := range b.Rows() {
		diff := int64(1)
		if b.Diff != nil {
			diff = b.Diff[b.Row(i)]
		}
		in.diff = append(in.diff, diff)
	}
}

func (in *rowInbox) charge() {
	n := in.size()
	for _, b := range in.full {
		n += b.Size()
	}
	in.account.Charge(n - in.charged)
	in.charged = n
}

// seal closes the batch that is being filled.
func (in *rowInbox) seal() {
	b := &vec.Batch{N: in.rows()}
	for _, builder := range in.builders {
		b.Cols = append(b.Cols, builder.Finish())
	}
	b.Diff, in.diff = in.diff, nil
	in.full = append(in.full, b)
}

// batches is all rows: valid until the next add or reset.
func (in *rowInbox) batches() []*vec.Batch {
	if in.rows() == 0 {
		return in.full
	}
	b := &vec.Batch{N: in.rows(), Diff: in.diff}
	for _, builder := range in.builders {
		b.Cols = append(b.Cols, builder.Vec())
	}
	return append(slices.Clip(in.full), b)
}

// reset forgets the rows. Much memory is given back.
func (in *rowInbox) reset() {
	in.full = nil
	in.diff = in.diff[:0]
	large := in.size() > maxKeptInbox
	for i, b := range in.builders {
		b.Reset()
		if large {
			in.builders[i] = vec.NewBuilder(b.Type, 0)
		}
	}
	if large {
		in.diff = nil
	}
	in.charge()
}

// maxKeptInbox is how many bytes an inbox keeps from one epoch to the next.
const maxKeptInbox = 1 << 20

// dealtRows is a batch of an inbox with its keys, dealt out to the partitions: partition p's rows are order[from[p]:from[p+1]].
type dealtRows struct {
	b       *vec.Batch
	keys    joinKeys
	hashes  []uint64 // of all values of each row, of a side that retracts
	order   []uint32
	from    [group.Partitions + 1]uint32
	longest int
}

// part is the rows of a partition.
func (d *dealtRows) part(p int) []uint32 { return d.order[d.from[p]:d.from[p+1]] }

func (d *dealtRows) diff(i uint32) int64 {
	if d.b.Diff == nil {
		return 1
	}
	return d.b.Diff[i]
}

// dealing says how rows are dealt.
type dealing struct {
	byValue    bool  // their hashes are wanted
	keepAbsent bool  // those whose key is NULL are not left out
	late       int64 // those with a time before it are
}

// deal computes the rows' keys and partitions, and returns how many were late.
func (d *dealtRows) deal(k *joinKeyer, how dealing) (late int) {
	normalizeFloats(d.b)
	k.of(d.b, nil, &d.keys)
	d.longest = longestValue(d.b)
	if how.byValue {
		d.hashes = hashRows(d.b, k.hash)
	}
	n := d.b.N
	where := make([]uint8, n)
	left := n
	for i := range where {
		switch {
		case how.late > NoWatermark && d.keys.times[i] < how.late && !d.b.Cols[k.times.column].IsNull(i):
			late++
		case how.keepAbsent || !d.keys.isAbsent(i):
			p := d.keys.partition(i)
			where[i] = uint8(p)
			d.from[p+1]++
			continue
		}
		where[i] = group.Partitions
		left--
	}
	for p := range group.Partitions {
		d.from[p+1] += d.from[p]
	}
	d.order = make([]uint32, left)
	next := d.from
	for i, p := range where {
		if p == group.Partitions {
			continue
		}
		d.order[next[p]] = uint32(i)
		next[p]++
	}
	return late
}

// hashRows is the hash of all values of each row of a dense batch. Rows that are equal have the same.
func hashRows(b *vec.Batch, h group.Hasher) []uint64 {
	encoded := order.Encode(b.Cols, make([]order.Key, len(b.Cols)), b.N)
	hashes := make([]uint64, b.N)
	for i := range hashes {
		hashes[i] = h.Bytes(encoded.Row(i))
	}
	return hashes
}

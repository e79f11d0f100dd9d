package microbatch

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/blocks"
	"github.com/pwcol/pwcol/microbatch/op"
)

// keptRows is the rows that a worker has read in an epoch of sources that can't give them again, as the journal keeps them: a header for each batch,
// then its block.
//
//	source   port   partition   offset   bytes   block
type keptRows struct {
	coder *blocks.Coder
	data  []byte
}

// keptHeader is the bytes before a block.
const keptHeader = 4 + 4 + 4 + 8 + 4

// add keeps a batch that a step has emitted.
func (k *keptRows) add(s *step, port op.OutPort, at op.Seq, b *vec.Batch) error {
	if k.coder == nil {
		k.coder = blocks.NewCoder(blocks.S2)
	}
	return blocks.Parts(b, func(part *vec.Batch) error {
		block, err := k.coder.Encode(part, 0)
		if err != nil {
			return err
		}
		k.data = binary.LittleEndian.AppendUint32(k.data, uint32(s.id))
		k.data = binary.LittleEndian.AppendUint32(k.data, uint32(port))
		k.data = binary.LittleEndian.AppendUint32(k.data, at.Partition)
		k.data = binary.LittleEndian.AppendUint64(k.data, uint64(at.Offset))
		k.data = binary.LittleEndian.AppendUint32(k.data, uint32(len(block)))
		k.data = append(k.data, block...)
		at.Offset += int64(part.N)
		return nil
	})
}

// take is what was kept, until the next add.
func (k *keptRows) take() []byte {
	data := k.data
	k.data = k.data[:0]
	if cap(k.data) > maxKeptBuffer {
		k.data = nil
	}
	return data
}

// maxKeptBuffer is how much memory for kept rows a worker has from epoch to epoch.
const maxKeptBuffer = 8 << 20

// keptBlock is a morsel of rows from the journal.
type keptBlock struct {
	source uint32 // its number in the run that kept them
	port   op.OutPort
	at     op.Seq
	block  []byte
}

// keptBlocks are the morsels of an entry's blocks, those of a step in their order.
func keptBlocks(data []byte) ([]keptBlock, error) {
	var out []keptBlock
	for len(data) > 0 {
		if len(data) < keptHeader {
			return nil, errEntry
		}
		b := keptBlock{source: binary.LittleEndian.Uint32(data), port: op.OutPort(binary.LittleEndian.Uint32(data[4:]))}
		b.at = op.Seq{Partition: binary.LittleEndian.Uint32(data[8:]), Offset: int64(binary.LittleEndian.Uint64(data[12:]))}
		n := int(binary.LittleEndian.Uint32(data[20:]))
		if data = data[keptHeader:]; n > len(data) || int(b.port) >= op.NumOutPorts {
			return nil, errEntry
		}
		b.block, data = data[:n:n], data[n:]
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b keptBlock) int { return cmp.Or(cmp.Compare(a.source, b.source), a.at.Compare(b.at)) })
	return out, nil
}

// emit emits a batch from the journal again.
func (k *keptRows) emit(b keptBlock, out Out) error {
	if k.coder == nil {
		k.coder = blocks.NewCoder(blocks.S2)
	}
	rows, _, err := k.coder.Read(&io.LimitedReader{R: bytes.NewReader(b.block), N: int64(len(b.block))})
	if err != nil {
		return fmt.Errorf("rows from the journal: %w", err)
	}
	return out.Emit(b.port, b.at, rows)
}

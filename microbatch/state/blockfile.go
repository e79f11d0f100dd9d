package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"regexp"
)

// A file of blocks begins, little endian, with
//
//	0    "PWCOLBLK"
//	8    uint32  format, 1
//	12   uint32  crc32c of the header's other bytes
//	16   the job's id, 16 bytes
//	32   int64   the run's generation
//	40   int64   the file's number in it
//	48   blocks: see package blocks; a block's tag is the number of the table that its rows are of
const (
	blockMagic  = "PWCOLBLK"
	blockHeader = 48
)

// blockName is the name of a file of blocks.
func blockName(generation, number int64) string {
	return fmt.Sprintf("%s/%06d-%06d.blk", BlocksFolder, generation, number)
}

// blockNames are the names that blockName makes. A manifest can't refer to others.
var blockNames = regexp.MustCompile(`^` + BlocksFolder + `/([0-9]{6,})-([0-9]{6,})\.blk$`)

func encodeBlockHeader(job JobID, generation, number int64) []byte {
	b := make([]byte, blockHeader)
	copy(b, blockMagic)
	binary.LittleEndian.PutUint32(b[8:], format)
	copy(b[16:], job[:])
	binary.LittleEndian.PutUint64(b[32:], uint64(generation))
	binary.LittleEndian.PutUint64(b[40:], uint64(number))
	binary.LittleEndian.PutUint32(b[12:], blockHeaderSum(b))
	return b
}

func blockHeaderSum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[16:blockHeader])
}

// checkBlockHeader checks the header of the file of that name.
func checkBlockHeader(r io.ReaderAt, name string, job JobID) error {
	b := make([]byte, blockHeader)
	if _, err := r.ReadAt(b, 0); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("it is shorter than a header")
		}
		return err
	}
	version := binary.LittleEndian.Uint32(b[8:])
	generation, number := int64(binary.LittleEndian.Uint64(b[32:])), int64(binary.LittleEndian.Uint64(b[40:]))
	switch {
	case string(b[:8]) != blockMagic:
		return errors.New("it doesn't begin as a file of blocks does")
	case binary.LittleEndian.Uint32(b[12:]) != blockHeaderSum(b):
		return errors.New("the header's checksum is wrong")
	case version != format:
		return errNewer(version)
	case JobID(b[16:32]) != job:
		return fmt.Errorf("it belongs to job %s, not to %s", JobID(b[16:32]), job)
	case blockName(generation, number) != name:
		return fmt.Errorf("it says that it is %s", blockName(generation, number))
	}
	return nil
}

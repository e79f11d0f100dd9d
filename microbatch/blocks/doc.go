// Package blocks keeps batches as bytes: columns as they lie in memory, compressed, with a checksum. Files of blocks are what
// spilled state (package spill) and checkpoints (package state) are made of.
//
//	coder := blocks.NewCoder(blocks.Zstd)
//	block, err := coder.Encode(batch, 0)               // valid until the next call
//	…
//	in := io.LimitedReader{R: file, N: size}
//	batch, tag, err := coder.Read(&in)                 // the batch is lent until the next call
//
// A coder reuses its memory, and is one goroutine's at a time. Batches that are too large for a block are cut by Parts. To copy on one
// goroutine and compress on another, AppendBatch makes the bytes of a batch, and Seal a block of them.
//
// A block names how it was compressed, so every coder reads every block. Whatever the bytes are that it reads, it neither
// panics nor allocates more than 256 times as many.
package blocks

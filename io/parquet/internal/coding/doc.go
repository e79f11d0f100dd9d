// Package coding holds the encodings of Parquet's values and levels: bit packing, the hybrid of runs and bit packing, the
// delta encodings, byte streams. Decoders stream: they hold a place in a page's bytes and hand out
// as many values as asked for, into the caller's memory, without allocating. Bytes are hostile: a decoder
// that would have to read past its page returns an error, and no count in a page is believed before bytes are
// there for it.
//
// The formats are described in https://parquet.apache.org/docs/file-format/data-pages/encodings.
package coding

//go:generate go run _gen/unpack.go

import "errors"

// ErrShort says that a page has fewer bytes than its values need.
var ErrShort = errors.New("the page's bytes end before its values do")

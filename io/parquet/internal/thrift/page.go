package thrift

import (
	"errors"
	"fmt"
)

// PageType is what a page holds.
type PageType int32

// The kinds of pages.
const (
	DataPage       PageType = 0
	IndexPage      PageType = 1
	DictionaryPage PageType = 2
	DataPageV2     PageType = 3
)

// Encoding is how a page's values or levels lie.
type Encoding int32

// The encodings, by Parquet's numbers.
const (
	Plain                Encoding = 0
	PlainDictionary      Encoding = 2
	RLE                  Encoding = 3
	BitPacked            Encoding = 4
	DeltaBinaryPacked    Encoding = 5
	DeltaLengthByteArray Encoding = 6
	DeltaByteArray       Encoding = 7
	RLEDictionary        Encoding = 8
	ByteStreamSplit      Encoding = 9
)

func (e Encoding) String() string {
	names := [...]string{
		"PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
		"DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
	}
	if e >= 0 && int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("encoding %d", int32(e))
}

// PageHeader is what stands in front of a page, as far as it is needed. Sizes and counts are not negative.
type PageHeader struct {
	Type             PageType
	UncompressedSize int32
	CompressedSize   int32
	CRC              uint32
	HasCRC           bool

	NumValues int32 // rows of a flat column's data page, NULLs included; entries of a dictionary
	Encoding  Encoding

	DefEncoding Encoding // version 1
	NumNulls    int32    // version 2: −1 if not known
	NumRows     int32    // version 2
	DefBytes    int32    // version 2: bytes of the definition levels, which are not compressed
	RepBytes    int32    // version 2
	Compressed  bool     // version 2: whether the values are
}

// IsDict reports whether the values are codes of a dictionary.
func (h *PageHeader) IsDict() bool {
	return h.Encoding == PlainDictionary || h.Encoding == RLEDictionary
}

// ReadPageHeader reads the header at the start of data and says how many bytes it takes.
// The error is ErrShort if it may be whole with more bytes.
func ReadPageHeader(data []byte) (h PageHeader, n int, err error) {
	r := reader{data: data}
	h = PageHeader{Type: -1, UncompressedSize: -1, CompressedSize: -1, NumValues: -1, Compressed: true, NumNulls: -1}
	last := int16(0)
	for {
		id, typ := r.field(last)
		if typ == typeStop {
			break
		}
		last = id
		h.readField(&r, id, typ)
	}
	if r.err != nil {
		return h, 0, r.err
	}
	return h, r.pos, h.check()
}

func (h *PageHeader) readField(r *reader, id int16, typ byte) {
	switch {
	case id == 1 && typ == typeI32:
		h.Type = PageType(r.int32())
	case id == 2 && typ == typeI32:
		h.UncompressedSize = r.int32()
	case id == 3 && typ == typeI32:
		h.CompressedSize = r.int32()
	case id == 4 && typ == typeI32:
		h.CRC, h.HasCRC = uint32(r.int32()), true
	case id == 5 && typ == typeStruct:
		h.readSub(r, h.v1Field)
	case id == 7 && typ == typeStruct:
		h.readSub(r, h.dictField)
	case id == 8 && typ == typeStruct:
		h.readSub(r, h.v2Field)
	default:
		r.skip(typ, true, 1)
	}
}

// readSub reads the header of one kind of page; field returns where a field's number goes, nil to pass over it.
func (h *PageHeader) readSub(r *reader, field func(id int16) *int32) {
	last := int16(0)
	for {
		id, typ := r.field(last)
		if typ == typeStop {
			return
		}
		last = id
		dst := field(id)
		switch {
		case dst != nil && typ == typeI32:
			*dst = r.int32()
		case id == 7 && h.Type == DataPageV2 && (typ == typeTrue || typ == typeFalse):
			h.Compressed = typ == typeTrue
		default:
			r.skip(typ, true, 2)
		}
	}
}

func (h *PageHeader) v1Field(id int16) *int32 {
	switch id {
	case 1:
		return &h.NumValues
	case 2:
		return (*int32)(&h.Encoding)
	case 3:
		return (*int32)(&h.DefEncoding)
	}
	return nil
}

func (h *PageHeader) dictField(id int16) *int32 {
	switch id {
	case 1:
		return &h.NumValues
	case 2:
		return (*int32)(&h.Encoding)
	}
	return nil
}

func (h *PageHeader) v2Field(id int16) *int32 {
	switch id {
	case 1:
		return &h.NumValues
	case 2:
		return &h.NumNulls
	case 3:
		return &h.NumRows
	case 4:
		return (*int32)(&h.Encoding)
	case 5:
		return &h.DefBytes
	case 6:
		return &h.RepBytes
	}
	return nil
}

// check makes sure that what every page needs is there and not negative.
func (h *PageHeader) check() error {
	switch {
	case h.Type < 0:
		return errors.New("has no page type")
	case h.UncompressedSize < 0 || h.CompressedSize < 0:
		return fmt.Errorf("has sizes %d (uncompressed) and %d (compressed)", h.UncompressedSize, h.CompressedSize)
	case h.Type != IndexPage && h.Type <= DataPageV2 && h.NumValues < 0:
		return fmt.Errorf("has a number of values of %d", h.NumValues)
	case h.DefBytes < 0 || h.RepBytes < 0 || int64(h.DefBytes)+int64(h.RepBytes) > int64(h.CompressedSize) && h.Type == DataPageV2:
		return fmt.Errorf("has level sizes %d and %d in a page of %d bytes", h.DefBytes, h.RepBytes, h.CompressedSize)
	}
	return nil
}

// Append appends the header's bytes to dst. Only version 1 data pages and dictionary pages are written.
func (h *PageHeader) Append(dst []byte) []byte {
	w := writer{buf: dst}
	w.i32(1, int32(h.Type))
	w.i32(2, h.UncompressedSize)
	w.i32(3, h.CompressedSize)
	if h.HasCRC {
		w.i32(4, int32(h.CRC))
	}
	id := int16(5)
	if h.Type == DictionaryPage {
		id = 7
	}
	outer := w.begin(id)
	w.i32(1, h.NumValues)
	w.i32(2, int32(h.Encoding))
	if h.Type == DataPage {
		w.i32(3, int32(RLE))
		w.i32(4, int32(RLE))
	}
	w.end(outer)
	return append(w.buf, typeStop)
}

// writer appends fields.
type writer struct {
	buf  []byte
	last int16
}

func (w *writer) head(id int16, typ byte) {
	w.buf = append(w.buf, byte(id-w.last)<<4|typ) // ids rise by less than 16
	w.last = id
}

func (w *writer) i32(id int16, v int32) {
	w.head(id, typeI32)
	u := uint32(v<<1) ^ uint32(v>>31)
	for u >= 0x80 {
		w.buf = append(w.buf, byte(u)|0x80)
		u >>= 7
	}
	w.buf = append(w.buf, byte(u))
}

// begin starts a struct field; end takes what it returned.
func (w *writer) begin(id int16) int16 {
	w.head(id, typeStruct)
	w.last = 0
	return id
}

func (w *writer) end(outer int16) {
	w.buf = append(w.buf, typeStop)
	w.last = outer
}

package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/io/parquet/internal/thrift"
)

// A file is magic, column chunks, footer, the footer's length (4 bytes) and the magic again.
const (
	magic          = "PAR1"
	magicEncrypted = "PARE"
	tailSize       = 8
)

// maxRows bounds a file's rows, so that no sum of rows overflows.
const maxRows = 1 << 48

// footer is what a file says about itself.
type footer struct {
	path     string
	size     int64
	modified time.Time
	meta     *metadata.FileMetaData
}

// isCurrent reports whether the file still looks as it did when the footer was read.
func (f *footer) isCurrent() bool {
	info, err := os.Stat(f.path)
	return err == nil && info.Size() == f.size && info.ModTime().Equal(f.modified)
}

// readFooter reads the footer of an input file.
func readFooter(f files.File) (*footer, error) {
	if !f.Seekable() {
		return nil, fmt.Errorf("%s: a Parquet file is read from its end and has to be a regular file: write it to one first", f.Name())
	}
	file, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	ft, err := parseFooter(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	ft.path, ft.modified = f.Path, info.ModTime()
	return ft, nil
}

func parseFooter(r io.ReaderAt, size int64) (*footer, error) {
	data, err := footerBytes(r, size)
	if err != nil {
		return nil, err
	}
	if err := thrift.CheckFooter(data); err != nil {
		return nil, fmt.Errorf("the footer is damaged: it %w", err)
	}
	meta, err := parseMetadata(data)
	if err != nil {
		return nil, fmt.Errorf("the footer is damaged: %w", err)
	}
	ft := &footer{size: size, meta: meta}
	return ft, ft.check()
}

// footerBytes checks the magic at both ends and reads the footer between.
func footerBytes(r io.ReaderAt, size int64) ([]byte, error) {
	var head, tail [tailSize]byte
	if size < int64(len(magic)) {
		return nil, fmt.Errorf("not a Parquet file: it has %d bytes", size)
	}
	if _, err := r.ReadAt(head[:len(magic)], 0); err != nil {
		return nil, err
	}
	if string(head[:4]) != magic && string(head[:4]) != magicEncrypted {
		return nil, fmt.Errorf("not a Parquet file: it starts with %q, expected %q", head[:4], magic)
	}
	if size < int64(len(magic))+tailSize {
		return nil, fmt.Errorf("the file was cut: it has %d bytes and no footer", size)
	}
	if _, err := r.ReadAt(tail[:], size-tailSize); err != nil {
		return nil, err
	}
	switch string(tail[4:]) {
	case magic:
	case magicEncrypted:
		return nil, errors.New("the file is encrypted, which isn't supported")
	default:
		return nil, fmt.Errorf("the file was cut or its writer did not finish: it ends with %q, expected %q", tail[4:], magic)
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if n > size-int64(len(magic))-tailSize {
		return nil, fmt.Errorf("the footer claims %d bytes, the file has %d", n, size)
	}
	data := make([]byte, n)
	_, err := r.ReadAt(data, size-tailSize-n)
	return data, err
}

// parseMetadata is Arrow's footer parser, which panics where it is surprised.
func parseMetadata(data []byte) (meta *metadata.FileMetaData, err error) {
	defer func() {
		if p := recover(); p != nil {
			meta, err = nil, fmt.Errorf("%v", p)
		}
	}()
	meta, err = metadata.NewFileMetaData(data, nil)
	if err == nil && meta.Schema == nil {
		err = errors.New("the schema makes no sense")
	}
	return meta, err
}

// check makes sure that all row groups have all columns.
func (f *footer) check() error {
	leaves := f.meta.Schema.NumColumns()
	rows := int64(0)
	for i, rg := range f.meta.RowGroups {
		if rg == nil || rg.NumRows < 0 || rg.NumRows > maxRows-rows {
			return fmt.Errorf("the footer is damaged: row group %d has no sensible number of rows", i)
		}
		rows += rg.NumRows
		if len(rg.Columns) != leaves {
			return fmt.Errorf("the footer is damaged: row group %d has %d columns, the schema %d", i, len(rg.Columns), leaves)
		}
	}
	return nil
}

// columns is the file's top-level columns of those names, or all. The error names the first that can't be read.
func (f *footer) columns(names []string) ([]column, error) {
	s := f.meta.Schema
	root := s.Root()
	if names == nil {
		names = make([]string, root.NumFields())
		for i := range names {
			names[i] = root.Field(i).Name()
		}
	}
	out := make([]column, len(names))
	for i, name := range names {
		k := root.FieldIndexByName(name)
		if k < 0 {
			return nil, fmt.Errorf("%s: there is no column %q; its columns are %s", f.path, name, fieldNames(root))
		}
		c, err := fileColumn(s, root.Field(k))
		if err != nil {
			return nil, fmt.Errorf("%s: %w; name the columns to read, without it (parquet.Columns)", f.path, err)
		}
		out[i] = c
	}
	return out, nil
}

// fit makes columns be those of a schema made before, from another file or by the user: the types have to be the
// same, but for the zone that a timestamp is shown in. Where the schema has no NULLs and the file may, each
// value is looked at.
func (f *footer) fit(columns []column, want *plan.Schema) error {
	for i := range columns {
		c, field := &columns[i], want.Field(i)
		typ := field.Type
		typ.Zone = c.typ.Zone
		if c.typ != typ {
			return fmt.Errorf("%s: column %q is %s, expected %s", f.path, c.name, c.typ, field.Type)
		}
		c.typ = field.Type
		c.noNulls = !field.Nullable
	}
	return nil
}

// chunk is the place of a column chunk, checked against the file.
func (f *footer) chunk(group int, c *column) (chunkInfo, error) {
	rg := f.meta.RowGroups[group]
	cc := rg.Columns[c.leaf]
	info := chunkInfo{rowGroup: group, rows: rg.NumRows, dicts: &dictCache{left: rg.NumRows}}
	bad := func(format string, args ...any) (chunkInfo, error) {
		return info, fmt.Errorf("%s: row group %d, column %q: %w", f.path, group, c.name, fmt.Errorf(format, args...))
	}
	if cc == nil || cc.MetaData == nil {
		return bad("the footer has no metadata of it, or it is encrypted")
	}
	if cc.FilePath != nil && *cc.FilePath != "" {
		return bad("its data lie in another file, %q, which isn't supported", *cc.FilePath)
	}
	m := cc.MetaData
	info.from = m.DataPageOffset
	if d := m.DictionaryPageOffset; d != nil && *d > 0 && *d < info.from {
		info.from = *d
	}
	info.codec, info.unpacked = codec.Codec(m.Codec), m.TotalUncompressedSize
	switch {
	case !info.codec.Supported():
		return bad("pages compressed with %s can't be read", info.codec)
	case int(m.Type) != int(c.phys):
		return bad("the footer says both %s and %s", m.Type, c.phys)
	case m.TotalUncompressedSize < 0:
		return bad("its pages are said to unpack to %d bytes", m.TotalUncompressedSize)
	case m.NumValues != rg.NumRows:
		return bad("it has %d values, the row group %d rows", m.NumValues, rg.NumRows)
	case info.from < int64(len(magic)) || m.TotalCompressedSize < 0 || m.TotalCompressedSize > f.size-tailSize-info.from:
		return bad("it is said to take %d bytes from byte %d on, the file has %d", m.TotalCompressedSize, info.from, f.size)
	}
	info.to = info.from + m.TotalCompressedSize
	if f.meta.WriterVersion().LessThan(metadata.Parquet816FixedVersion) {
		// Old parquet-mr left the dictionary page's header out of the size (PARQUET-816).
		info.to = min(info.to+100, f.size-tailSize)
	}
	return info, nil
}

// fieldNames lists the top-level columns for a message.
func fieldNames(root *schema.GroupNode) string {
	const most = 20
	names := make([]string, 0, most)
	for i := range root.NumFields() {
		if i == most {
			names = append(names, fmt.Sprintf("… (%d in all)", root.NumFields()))
			break
		}
		names = append(names, root.Field(i).Name())
	}
	return strings.Join(names, ", ")
}

package parquet

import (
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/parquet/internal/codec"
)

// Write is an output of a table's rows to a Parquet file. The file appears under its name once it is whole, and
// replaces one that is there; after an error nothing is left. Rows keep the order of the input where the
// plan has one.
//
// Strings, and numbers of few different values, get a dictionary; statistics are written for all columns but
// bool. Durations have no type in Parquet and are refused; seconds are written as milliseconds; of a timestamp's zone
// only that there is one is kept, it is read back as UTC.
func Write(t *pw.Table, path string, opts ...WriteOption) pw.Output {
	s := &sink{path: path, set: writeSettings{codec: codec.Snappy, groupRows: DefaultRowGroupRows}}
	var err error
	for _, o := range opts {
		if e := o(&s.set); e != nil && err == nil {
			err = e
		}
	}
	return pw.NewOutput(t, s, err)
}

// WriteOption is an option of Write.
type WriteOption func(*writeSettings) error

// DefaultRowGroupRows is the number of rows of a row group, but the last ones: what DuckDB writes too. Readers
// share a file by row groups and hold a whole one's statistics against a filter.
const DefaultRowGroupRows = 122_880

// maxRowGroupRows keeps the pieces of a row group within 32-bit lengths.
const maxRowGroupRows = 1 << 24

type writeSettings struct {
	codec     codec.Codec
	groupRows int
}

// Compression is how pages are compressed.
type Compression codec.Codec

// The compressions that are written.
const (
	Uncompressed = Compression(codec.None)
	Snappy       = Compression(codec.Snappy) // the default
	Zstd         = Compression(codec.Zstd)
)

// Compress says how pages are compressed.
func Compress(c Compression) WriteOption {
	return func(s *writeSettings) error {
		if c != Uncompressed && c != Snappy && c != Zstd {
			return fmt.Errorf("pages can't be written with %s: use Snappy, Zstd or Uncompressed", codec.Codec(c))
		}
		s.codec = codec.Codec(c)
		return nil
	}
}

// RowGroupRows says how many rows a row group has: 1 to 16,777,216. Groups may have fewer where the input comes in
// large pieces that don't end at a group's border.
func RowGroupRows(n int) WriteOption {
	return func(s *writeSettings) error {
		if n < 1 || n > maxRowGroupRows {
			return fmt.Errorf("row groups of %d rows: give 1 to %d", n, maxRowGroupRows)
		}
		s.groupRows = n
		return nil
	}
}

// sink is a plan's end: the file to write.
type sink struct {
	path string
	set  writeSettings
}

// Describe is the sink for Explain and messages: the path, and what isn't as usual.
func (s *sink) Describe() plan.Description {
	d := plan.Description{Kind: "parquet", Target: s.path}
	if s.set.codec != codec.Snappy {
		d.Options = append(d.Options, plan.Option{Key: "compression", Value: s.set.codec.String()})
	}
	if s.set.groupRows != DefaultRowGroupRows {
		d.Options = append(d.Options, plan.Option{Key: "row group", Value: fmt.Sprint(s.set.groupRows)})
	}
	return d
}

package jsonlines

import (
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// Option is an option of Read and Infer.
type Option struct {
	name string
	set  func(*settings) error
}

// ApplyRead sets the option on a jsonlines reader's settings.
func (o Option) ApplyRead(target any) error {
	s, ok := target.(*settings)
	if !ok {
		return fmt.Errorf("jsonlines.%s is no option of this connector", o.name)
	}
	return o.set(s)
}

// Path says that a column is found not by its name but by keys: Path("city", "user", "city") is the city in the object user. The column must be one of the
// schema's.
func Path(column string, keys ...string) Option {
	return Option{"Path", func(s *settings) error {
		if len(keys) == 0 {
			return fmt.Errorf("jsonlines.Path(%q): it names no keys", column)
		}
		s.paths = append(s.paths, columnPath{column, keys})
		return nil
	}}
}

// Epoch says what numbers in a column of timestamps, dates, times or durations count: seconds, milliseconds, … since 1970 or midnight. Texts are read all
// the same. Without it a number is a bad value there.
func Epoch(column string, unit pw.TimeUnit) Option {
	return Option{"Epoch", func(s *settings) error {
		s.epochs = append(s.epochs, columnEpoch{column, unit})
		return nil
	}}
}

// Type says what type a column has, where the one that is found doesn't fit all of its rows. It goes before what a schema says.
func Type(column string, t pw.Type) Option {
	return Option{"Type", func(s *settings) error {
		s.types = append(s.types, columnType{column, t})
		return nil
	}}
}

// Layout says how a column's texts spell dates and times: strftime's way ("%d.%m.%Y %H:%M") or Go's ("02.01.2006 15:04").
// A schema's field can say so, too.
func Layout(column, layout string) Option {
	return Option{"Layout", func(s *settings) error {
		s.layouts = append(s.layouts, columnLayout{column, layout})
		return nil
	}}
}

// OnBadRow says what becomes of a row that can't be read: pw.Fail (the default) ends the run, pw.Skip leaves it out and
// counts it, pw.Reject leaves it out and hands it to the table's Rejected.
func OnBadRow(policy pw.BadRows) Option {
	return Option{"OnBadRow", func(s *settings) error { s.bad = policy; return nil }}
}

// SampleRows is how many rows the columns are found from: 20,480 in at most a megabyte unless this says otherwise, and then
// in as many bytes as it takes.
func SampleRows(n int) Option {
	return Option{"SampleRows", func(s *settings) error {
		if n < 1 {
			return fmt.Errorf("jsonlines.SampleRows(%d): columns can't be found from less than one row", n)
		}
		s.sampleRows = n
		return nil
	}}
}

// MaxRowSize is how many bytes a line may have: 16 MiB unless this says otherwise. Memory has to hold it.
func MaxRowSize(bytes int) Option {
	return Option{"MaxRowSize", func(s *settings) error { s.maxRowSize = bytes; return nil }}
}

// chunkSize is how many bytes of a file one worker takes at a time; tests make it small.
func chunkSize(bytes int) Option {
	return Option{"chunkSize", func(s *settings) error { s.chunkSize = bytes; return nil }}
}

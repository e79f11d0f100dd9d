package csv

import (
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// Option is an option of Read and Infer, of Write, or of both.
type Option struct {
	name  string
	read  func(*settings) error
	write func(*writer)
}

// WriteOption is an option of Write.
type WriteOption interface {
	applyWrite(*writer) error
}

// ApplyRead sets the option on a csv reader's settings.
func (o Option) ApplyRead(target any) error {
	s, ok := target.(*settings)
	switch {
	case !ok:
		return fmt.Errorf("csv.%s is no option of this connector", o.name)
	case o.read == nil:
		return fmt.Errorf("csv.%s is an option of csv.Write, not of csv.Read", o.name)
	}
	return o.read(s)
}

func (o Option) applyWrite(w *writer) error {
	if o.write == nil {
		return fmt.Errorf("csv.%s is an option of csv.Read, not of csv.Write", o.name)
	}
	o.write(w)
	return nil
}

func readOption(name string, set func(*settings) error) Option { return Option{name: name, read: set} }

// Header says whether the first row holds the columns' names. It does unless this says no. Without a header,
// columns go by position, and are called column_1, column_2 … if no schema names them.
func Header(on bool) Option {
	return Option{"Header", func(s *settings) error { s.noHeader = !on; return nil }, func(w *writer) { w.noHeader = !on }}
}

// Delimiter is the byte between fields: a comma unless this says otherwise.
func Delimiter(c byte) Option {
	return Option{
		"Delimiter", func(s *settings) error { s.dialect.Delimiter = c; return nil },
		func(w *writer) { w.dialect.Delimiter = c },
	}
}

// Quote is the byte around fields: the double quote unless this says otherwise. 0 means that quotes are bytes as any
// other; then nothing that holds a delimiter or line break can be written.
func Quote(c byte) Option {
	return Option{
		"Quote", func(s *settings) error { s.dialect.Quote = c; return nil },
		func(w *writer) { w.dialect.Quote = c },
	}
}

// Comment is the first byte of lines that are skipped. There is none unless this names one.
func Comment(c byte) Option {
	return readOption("Comment", func(s *settings) error { s.dialect.Comment = c; return nil })
}

// NullTexts are texts that stand for NULL, such as NA, besides the empty field. A quoted one is a text.
func NullTexts(texts ...string) Option {
	return readOption("NullTexts", func(s *settings) error {
		s.nullTexts = append(s.nullTexts, texts...)
		return nil
	})
}

// NullText is how NULL is written: as nothing unless this says otherwise. A string that is the same is quoted.
func NullText(text string) Option {
	return Option{name: "NullText", write: func(w *writer) { w.nullText = text }}
}

// Overwrite lets a stream replace the rows of a file that has some. (A batch replaces a file as it is.)
func Overwrite() Option {
	return Option{name: "Overwrite", write: func(w *writer) { w.overwrite = true }}
}

// Type says what type a column has, where the one that is found doesn't fit all of its rows. It goes before what a schema says.
func Type(column string, t pw.Type) Option {
	return readOption("Type", func(s *settings) error {
		s.types = append(s.types, columnType{column, t})
		return nil
	})
}

// Layout says how a column spells its dates and times: strftime's way ("%d.%m.%Y %H:%M") or Go's ("02.01.2006 15:04").
// A schema's field can say so, too.
func Layout(column, layout string) Option {
	return readOption("Layout", func(s *settings) error {
		s.layouts = append(s.layouts, columnLayout{column, layout})
		return nil
	})
}

// OnBadRow says what becomes of a row that can't be read: pw.Fail (the default) ends the run, pw.Skip leaves it out and
// counts it, pw.Reject leaves it out and hands it to the table's Rejected.
func OnBadRow(policy pw.BadRows) Option {
	return readOption("OnBadRow", func(s *settings) error { s.bad = policy; return nil })
}

// SampleRows is how many rows the columns' types are found from: 20,480 in at most a megabyte unless
// this says otherwise, and then in as many bytes as it takes.
func SampleRows(n int) Option {
	return readOption("SampleRows", func(s *settings) error {
		if n < 1 {
			return fmt.Errorf("csv.SampleRows(%d): types can't be found from less than one row", n)
		}
		s.sampleRows = n
		return nil
	})
}

// MaxRowSize is how many bytes a row may have: 16 MiB unless this says otherwise. It bounds what a quote that is
// never closed makes the reader hold in memory.
func MaxRowSize(bytes int) Option {
	return readOption("MaxRowSize", func(s *settings) error { s.maxRowSize = bytes; return nil })
}

// chunkSize is how many bytes of a file one worker takes at a time; tests make it small.
func chunkSize(bytes int) Option {
	return readOption("chunkSize", func(s *settings) error { s.chunkSize = bytes; return nil })
}

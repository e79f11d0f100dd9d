package jsonlines

import (
	"bytes"
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/json"
	"github.com/pwcol/pwcol/io/internal/text"
)

// Infer is the schema of the files at path, as Read without a schema finds it from the first 20,480 rows of the first file, or as many
// as a megabyte has: a column for each key of the objects, in the order in which they come first, of the first of these types that all
// its values have: bool, int64, float64, date ("2006-01-02"), timestamp ("2006-01-02 15:04:05", with or without T,
// fraction and zone), a list of such, string. Objects within objects are strings: their JSON text. null says nothing; a column
// without values is a string. Bad rows are passed over.
//
// The options are those of Read. Standard input can't be inferred from, as it can't be read again.
func Infer(path string, opts ...pw.ReadOption) (*plan.Schema, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return text.Infer(path, endings, s.infer)
}

// infer is the schema of a text, of which it reads a sample that it puts back.
func (s *settings) infer(t *text.Text) (*plan.Schema, error) {
	for size := sampleBytes; ; size *= 2 {
		sample := make([]byte, size)
		n, eof, err := t.Fill(sample)
		if err != nil {
			return nil, err
		}
		sample = sample[:n]
		t.PutBack(sample)
		columns, rows, err := s.sample(t.Name, sample, eof)
		if err != nil {
			return nil, err
		}
		enough := s.sampleRows == 0 && (rows > 0 || n > s.maxRowSize+sampleBytes)
		if !eof && rows < s.maxSample() && !enough {
			continue
		}
		if rows == 0 {
			return nil, fmt.Errorf("%s has no line with a JSON object: there is nothing to tell its columns from", t.Name)
		}
		return s.schemaOf(t.Name, columns)
	}
}

// sample is the columns that the lines of a sample tell, and how many lines that were.
func (s *settings) sample(name string, sample []byte, eof bool) ([]format.Column, int, error) {
	start, err := text.Mark(name, sample)
	if err != nil {
		return nil, 0, err
	}
	b := format.NewBuffer(sample)
	b.From += start
	if eof {
		b.EndLine()
	}
	found, rows := format.NewInferrer(), 0
	for at := b.From; at < b.To && rows < s.maxSample(); {
		line := bytes.IndexByte(b.Data[at:b.To], '\n')
		if line < 0 {
			break
		}
		if found.Add(b, at) {
			rows++
		}
		at += line + 1
	}
	return found.Columns(), rows, nil
}

func (s *settings) schemaOf(name string, columns []format.Column) (*plan.Schema, error) {
	fields := make([]plan.Field, len(columns))
	for i, c := range columns {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type, Nullable: true}
	}
	schema := plan.NewSchema(fields...)
	if err := schema.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s.applyColumns(schema, true)
}

package csv

import (
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/text"
)

// Infer is the schema of the files at path, as Read without a schema finds it: names from the first file's header, types
// from its first 20,480 rows, or as many as a megabyte has. A column is of the first of these types that all its values
// have: bool (true, false), int64, float64, date (2006-01-02), timestamp (2006-01-02 15:04:05, with or without T,
// fraction and zone), string. NULLs say nothing: the empty field, and NullTexts. A column
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

// infer is the schema of a text, which is at its start, before and after.
func (s *settings) infer(t *text.Text) (*plan.Schema, error) {
	schema, h, err := s.inferText(t)
	if err != nil {
		return nil, err
	}
	t.PutBack(h.text())
	return schema, nil
}

// inferText is the schema, and what was read of the text to find it.
func (s *settings) inferText(t *text.Text) (*plan.Schema, *head, error) {
	size := sampleBytes
	for {
		h, err := s.readHead(t, size, false)
		if err != nil {
			return nil, nil, err
		}
		schema, rows, err := s.sample(t.Name, h)
		if err != nil {
			return nil, nil, err
		}
		enough := s.sampleRows == 0 && (rows > 0 || len(h.text()) > s.maxRowSize+sampleBytes)
		if h.eof || rows >= s.maxSample() || enough {
			schema, err = s.applyColumns(schema, true)
			return schema, h, err
		}
		t.PutBack(h.text())
		size = 2 * len(h.text())
	}
}

// sample is the schema that the rows in h tell, and how many they are.
func (s *settings) sample(name string, h *head) (*plan.Schema, int, error) {
	b := *h.buf
	b.From += h.start
	if h.eof {
		b.EndLine()
	}
	names := h.names
	var types *format.Inferrer
	rows := 0
	reader := format.NewRowReader(s.dialect, s.maxRowSize, &b)
	for rows < s.maxSample() {
		row, bad, ok := reader.Next()
		if !ok {
			break
		}
		if bad != nil {
			continue
		}
		if names == nil {
			names = numbered(len(row.Fields))
		}
		if types == nil {
			types = format.NewInferrer(len(names), s.nullTexts)
		}
		if len(row.Fields) == len(names) {
			types.Add(row.Fields)
			rows++
		}
	}
	if names == nil {
		return nil, 0, fmt.Errorf("%s is empty: there is nothing to tell its columns from", name)
	}
	if types == nil {
		types = format.NewInferrer(len(names), nil)
	}
	fields := make([]plan.Field, len(names))
	for i, t := range types.Types() {
		fields[i] = plan.Field{Name: names[i], Type: t, Nullable: true}
	}
	schema := plan.NewSchema(fields...)
	if err := schema.Validate(); err != nil {
		return nil, 0, fmt.Errorf("%s: in the header: %w", name, err)
	}
	return schema, rows, nil
}

// numbered are the names of the columns of a file without a header.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("column_%d", i+1)
	}
	return names
}

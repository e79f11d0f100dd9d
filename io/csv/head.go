package csv

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/text"
)

// head is the beginning of a file.
type head struct {
	buf   *format.Buffer
	eof   bool     // the file ends with buf
	names []string // the header's; nil without one
	start int      // bytes of the file before its first row: a byte order mark, the header
	lines int64    // line breaks among them
}

const headSize = 64 << 10

// readHead reads t's header, and at least size bytes if there are as many. Of a text that grows there is no header before all of it is there.
func (s *settings) readHead(t *text.Text, size int, grows bool) (*head, error) {
	h := &head{buf: format.NewBuffer(nil)}
	for {
		if err := h.grow(t, size); err != nil {
			return nil, err
		}
		var err error
		if h.start, err = text.Mark(t.Name, h.text()); err != nil {
			return nil, err
		}
		if s.noHeader {
			return h, nil
		}
		found, err := h.header(t.Name, s, h.eof && !grows)
		if err != nil {
			return nil, err
		}
		if found || h.eof {
			return h, nil
		}
		if len(h.text()) > s.maxRowSize+headSize {
			return nil, fmt.Errorf("%s:1: the header is larger than %d bytes, the limit on a row's size", t.Name, s.maxRowSize)
		}
		size = 2 * len(h.text())
	}
}

// text is what was read.
func (h *head) text() []byte { return h.buf.Data[format.Lead:h.buf.To] }

// grow reads on until there are size bytes or the file ends.
func (h *head) grow(t *text.Text, size int) error {
	have := len(h.text())
	if h.eof || have >= size {
		return nil
	}
	data := make([]byte, format.Lead+size+format.Pad)
	copy(data, h.buf.Data[:h.buf.To])
	n, eof, err := t.Fill(data[format.Lead+have : format.Lead+size])
	*h.buf = format.Buffer{Data: data, From: format.Lead, To: format.Lead + have + n}
	h.eof = eof
	return err
}

// header takes the header from what was read. It reports false if there isn't all of it; whole says that nothing comes behind.
func (h *head) header(name string, s *settings, whole bool) (bool, error) {
	b := *h.buf
	b.From += h.start
	if whole {
		b.EndLine()
	}
	row, bad, ok := format.NewRowReader(s.dialect, s.maxRowSize, &b).Next()
	if !ok {
		return false, nil
	}
	if bad != nil {
		line := 1 + bytes.Count(b.Data[format.Lead:bad.At], []byte{'\n'})
		return false, fmt.Errorf("%s:%d: in the header: %s", name, line, bad.Reason)
	}
	for i, f := range row.Fields {
		if !utf8.ValidString(f.Text) {
			return false, fmt.Errorf("%s: in the header: name of column %d: %.40q is not valid UTF-8: convert the file first (iconv -t utf-8)", name, i+1, f.Text)
		}
		h.names = append(h.names, f.Text)
	}
	h.start = min(row.End, h.buf.To) - format.Lead
	h.lines = int64(bytes.Count(b.Data[format.Lead:row.End], []byte{'\n'}))
	return true, nil
}

// match finds the schema's column for each of the header's. Both must be the same, in any order.
func (h *head) match(name string, schema *plan.Schema) ([]int, error) {
	if h.names == nil {
		return nil, fmt.Errorf("%s is empty: expected a header with the columns %s", name, strings.Join(schema.Names(), ", "))
	}
	places := make([]int, len(h.names))
	seen := make(map[string]int, len(h.names))
	var wrong []string
	for i, column := range h.names {
		if first, doubled := seen[column]; doubled {
			wrong = append(wrong, fmt.Sprintf("column %q is there twice (columns %d and %d)", column, first+1, i+1))
			continue
		}
		seen[column] = i
		at, ok := schema.Index(column)
		if !ok {
			wrong = append(wrong, fmt.Sprintf("column %q is not in the schema", column))
		}
		places[i] = at
	}
	for _, f := range schema.Fields() {
		if _, ok := seen[f.Name]; !ok {
			wrong = append(wrong, fmt.Sprintf("column %q is missing", f.Name))
		}
	}
	if len(wrong) == 0 {
		return places, nil
	}
	const most = 5
	if len(wrong) > most {
		wrong = append(wrong[:most], fmt.Sprintf("and %d more", len(wrong)-most))
	}
	return nil, fmt.Errorf("%s: the header does not match: %s", name, strings.Join(wrong, "; "))
}

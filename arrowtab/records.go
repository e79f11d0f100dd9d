package arrowtab

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/pwcol/pwcol/arrowtab/arrowconv"
	"github.com/pwcol/pwcol/kernels/vec"
)

// FromRecords makes a table of Arrow records, which have one schema. The records are not copied and not retained: don't
// release them before the last Run that reads the table has ended. Nested columns are refused by name; a column without
// a counterpart here (float16, large strings …) is copied, arrowconv says which.
func FromRecords(records ...arrow.Record) *Table {
	src, err := memoryOfRecords(records)
	if err != nil {
		return NewSource(nil, SourceOptions{Err: fmt.Errorf("records: %w", err)})
	}
	return NewSource(src, SourceOptions{})
}

func memoryOfRecords(records []arrow.Record) (*Memory, error) {
	if len(records) == 0 {
		return nil, errors.New("there are none, so there is no schema; give one without rows")
	}
	schema, err := arrowconv.FromSchema(records[0].Schema())
	if err != nil {
		return nil, err
	}
	var batches []*vec.Batch
	fields := slices.Clone(schema.Fields())
	for i, r := range records {
		if own, err := arrowconv.FromSchema(r.Schema()); err != nil || !sameColumns(schema, own) {
			return nil, fmt.Errorf("record %d has another schema than record 0: %s, not %s", i, r.Schema(), schema)
		}
		b, err := arrowconv.Batch(r)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		for j, v := range b.Cols {
			fields[j].Nullable = fields[j].Nullable || v.MayHaveNulls()
		}
		batches = append(batches, pieces(b)...)
	}
	return NewMemory(NewSchema(fields...), batches), nil
}

// pieces is b cut into batches of the usual size, over the same memory.
func pieces(b *vec.Batch) []*vec.Batch {
	var out []*vec.Batch
	for from := 0; from < b.N; from += vec.BatchRows {
		out = append(out, b.Slice(from, min(from+vec.BatchRows, b.N)))
	}
	return out
}

func sameColumns(a, b *Schema) bool {
	return slices.EqualFunc(a.Fields(), b.Fields(), func(f, g Field) bool { return f.Name == g.Name && f.Type == g.Type })
}

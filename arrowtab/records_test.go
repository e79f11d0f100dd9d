package arrowtab

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/pwcol/pwcol/kernels/vec"
)

var recordSchema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64},
	{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// record is n rows: id 0, 1, …; name "x", NULL where id is divisible by 3.
func record(n int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, recordSchema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		if i%3 == 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.StringBuilder).Append("x")
		}
	}
	return b.NewRecord()
}

func TestFromRecords(t *testing.T) {
	type row struct {
		ID   int64
		Name *string
	}
	for _, n := range []int{0, 1, 2, 3, 1023, vec.BatchRows, 3*vec.BatchRows + 5} {
		table := FromRecords(record(n), record(2))
		if got, want := schemaText(table.Schema()), "id int64!, name string"; got != want {
			t.Fatalf("schema %s, want %s", got, want)
		}
		schema, batches := memoryOf(table)
		for _, b := range batches {
			if b.N > vec.BatchRows {
				t.Fatalf("a batch of %d rows", b.N)
			}
		}
		rows, err := RowsOf[row](schema, batches)
		if err != nil || len(rows) != n+2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, r := range rows {
			id := int64(i)
			if i >= n {
				id -= int64(n)
			}
			if r.ID != id || (r.Name == nil) != (id%3 == 0) || r.Name != nil && *r.Name != "x" {
				t.Fatalf("row %d: %+v", i, r)
			}
		}
	}
}

func TestNullsInARecordThatSaysThereAreNone(t *testing.T) {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	b.AppendNull()
	s := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}, nil)
	table := FromRecords(array.NewRecord(s, []arrow.Array{b.NewArray()}, 1))
	if f := table.Schema().Field(0); !f.Nullable {
		t.Error("the column isn't nullable, but has a NULL")
	}
}

func TestFromRecordsErrors(t *testing.T) {
	other := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int32}}, nil)
	nested := arrow.NewSchema([]arrow.Field{{Name: "tags", Type: arrow.StructOf(arrow.Field{Name: "x", Type: arrow.BinaryTypes.String})}}, nil)
	empty := func(s *arrow.Schema) arrow.Record {
		b := array.NewRecordBuilder(memory.DefaultAllocator, s)
		defer b.Release()
		return b.NewRecord()
	}
	for _, c := range []struct {
		table *Table
		want  string
	}{
		{FromRecords(), "records: there are none, so there is no schema; give one without rows"},
		{FromRecords(record(1), empty(other)), "records: record 1 has another schema than record 0"},
		{FromRecords(empty(nested)), `records: column "tags": the Arrow type struct<x: utf8> isn't supported; leave the column out or cast it`},
	} {
		if _, err := c.table.Plan(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func BenchmarkFromRows(b *testing.B) {
	type row struct {
		ID    int64
		Value float64
		Name  string
	}
	rows := make([]row, vec.BatchRows)
	for b.Loop() {
		FromRows(rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(3*len(rows)), "ns/value")
}

func BenchmarkRowsOf(b *testing.B) {
	type row struct {
		ID    int64
		Value float64
		Name  string
	}
	schema, batches := memoryOf(FromRows(make([]row, vec.BatchRows)))
	for b.Loop() {
		if _, err := RowsOf[row](schema, batches); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(3*vec.BatchRows), "ns/value")
}

package arrowtab

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

type tagged struct {
	ID    int64
	Tags  []string
	Sizes []int32
	Times []time.Time
	Blobs [][]byte
}

func TestListsOfRows(t *testing.T) {
	rows := []tagged{
		{1, []string{"a", ""}, []int32{-1, 2, 3}, []time.Time{time.UnixMicro(7).UTC()}, [][]byte{nil, []byte("x")}},
		{2, nil, []int32{}, nil, nil},
		{3, []string{}, nil, []time.Time{}, [][]byte{}},
	}
	table := FromRows(rows)
	schema := table.Schema()
	if got, want := schema.String(), "id int64, tags list(string), sizes list(int32), times list(timestamp[us]), blobs list(binary)"; got != want {
		t.Fatalf("schema %s, want %s", got, want)
	}
	batches := table.node.(*plan.Read).Source.(*Memory).Batches()
	back, err := RowsOf[tagged](schema, batches)
	if err != nil || !reflect.DeepEqual(back, rows) {
		t.Errorf("got %+v, %v", back, err)
	}
	wide, err := RowsOf[struct{ Sizes []int64 }](schema, batches)
	if err != nil || !reflect.DeepEqual(wide[0].Sizes, []int64{-1, 2, 3}) {
		t.Errorf("got %+v, %v", wide, err)
	}
	if _, err = RowsOf[struct{ Tags []int64 }](schema, batches); err == nil || !strings.Contains(err.Error(), `column "tags" is list(string)`) {
		t.Errorf("got %v", err)
	}
	nested := FromRows([]struct{ A [][]string }{})
	if _, err := nested.Plan(); err == nil || !strings.Contains(err.Error(), "[][]string can't be a column") {
		t.Errorf("got %v", err)
	}
}

func TestFlattenErrors(t *testing.T) {
	table := FromRows([]tagged{{}})
	for column, want := range map[string]string{
		"tagz": `unknown column "tagz"; did you mean "tags"?`,
		"id":   `column "id" is int64, but Flatten takes a list, as Split makes one`,
	} {
		if _, err := table.Flatten(column).Plan(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got, want := table.Flatten("tags").Schema().String(), "id int64, tags string, sizes list(int32), times list(timestamp[us]), blobs list(binary)"; got != want {
		t.Errorf("schema %s, want %s", got, want)
	}
}

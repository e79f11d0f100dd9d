package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// dictFile is a file of so many row groups of 1000 rows, each with a dictionary of 100 strings.
func dictFile(t *testing.T, groups int) string {
	t.Helper()
	type row struct{ Name string }
	rows := make([]row, 1000*groups)
	for i := range rows {
		rows[i].Name = fmt.Sprintf("name %040d", i/1000*100+i%100)
	}
	path := filepath.Join(t.TempDir(), "dict.parquet")
	out := Write(pw.FromRows(rows), path, RowGroupRows(1000))
	if err := (microbatch.Config{Threads: 1}).Run(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	return path
}

// dictWatch sees what is charged while batches come.
type dictWatch struct {
	acct *vec.Account
	size int64 // of a dictionary
	most int64
}

func (w *dictWatch) Emit(_ op.OutPort, _ microbatch.Seq, b *vec.Batch) error {
	w.size = b.Cols[0].Dict.Values.Size()
	w.most = max(w.most, w.acct.Used())
	return nil
}

// TestDictionariesAreLetGo: a dictionary is charged and held while its row group is read, and no longer.
func TestDictionariesAreLetGo(t *testing.T) {
	src, err := newSource(dictFile(t, 5), nil)
	if err != nil {
		t.Fatal(err)
	}
	env := scanEnv(2)
	open, err := src.OpenSource(t.Context(), env, microbatch.Scan{Columns: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	watch := &dictWatch{acct: env.Account}
	r := open.NewReader()
	for {
		m, err := open.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Read(context.Background(), m, watch); err != nil {
			t.Fatal(err)
		}
		for i, g := range open.(*openSource).groups[:m.(*morsel).group.index+1] {
			if g.chunks[0].dicts.dict != nil {
				t.Errorf("row group %d was read and its dictionary is held", i)
			}
		}
	}
	if watch.most != watch.size || env.Account.Used() != 0 {
		t.Errorf("%d bytes were charged, a dictionary has %d; %d are still charged", watch.most, watch.size, env.Account.Used())
	}
	if err := errors.Join(r.Close(), open.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestDictionariesOfAnEndedScan: a scan that ends early gives back the dictionary of the row group that it was in.
func TestDictionariesOfAnEndedScan(t *testing.T) {
	src, err := newSource(dictFile(t, 2), nil)
	if err != nil {
		t.Fatal(err)
	}
	env := scanEnv(2)
	open, err := src.OpenSource(t.Context(), env, microbatch.Scan{Columns: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	o := open.(*openSource)
	watch := &dictWatch{acct: env.Account}
	r := open.NewReader()
	if err := r.Read(context.Background(), &morsel{group: &o.groups[0], from: 0, to: 500}, watch); err != nil {
		t.Fatal(err)
	}
	if env.Account.Used() != watch.size {
		t.Errorf("%d bytes are charged half-way, the dictionary has %d", env.Account.Used(), watch.size)
	}
	if err := errors.Join(r.Close(), open.Close()); err != nil || env.Account.Used() != 0 {
		t.Errorf("%d bytes are still charged, %v", env.Account.Used(), err)
	}
}

// bufferWatch sees the most that is charged while batches come.
type bufferWatch struct {
	acct *vec.Account
	most int64
}

func (w *bufferWatch) Emit(op.OutPort, microbatch.Seq, *vec.Batch) error {
	w.most = max(w.most, w.acct.Used())
	return nil
}

// TestBuffersAreCharged: buffers are charged as they grow, not when the morsel has ended.
func TestBuffersAreCharged(t *testing.T) {
	type row struct{ Text string }
	rows := make([]row, 2*vec.BatchRows)
	for i := range rows {
		rows[i].Text = fmt.Sprintf("%0500d", i)
	}
	path := filepath.Join(t.TempDir(), "plain.parquet")
	if err := (microbatch.Config{Threads: 1}).Run(t.Context(), Write(pw.FromRows(rows), path)); err != nil {
		t.Fatal(err)
	}
	src, err := newSource(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	env := scanEnv(1)
	open, err := src.OpenSource(t.Context(), env, microbatch.Scan{Columns: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := open.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	watch := &bufferWatch{acct: env.Account}
	r := open.NewReader()
	if err := r.Read(context.Background(), m, watch); err != nil {
		t.Fatal(err)
	}
	if batch := int64(500 * vec.BatchRows); watch.most < batch-freeBytes {
		t.Errorf("%d bytes were charged, a batch alone has %d", watch.most, batch)
	}
	if err := errors.Join(r.Close(), open.Close()); err != nil || env.Account.Used() != 0 {
		t.Errorf("%d bytes are still charged, %v", env.Account.Used(), err)
	}
}

package texttable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Recorder keeps what a run does to a table. The zero Recorder is ready; it takes one run.
type Recorder struct {
	schema *pw.Schema
	kind   plan.Changelog

	kept    microbatch.Kept // of the epoch that is going on
	epochs  [][]*vec.Batch
	streams bool
}

// Output is the output that is recorded.
func (r *Recorder) Output(t *pw.Table) pw.Output { return pw.NewOutput(t, r, nil) }

// Describe is "record".
func (*Recorder) Describe() plan.Description { return plan.Description{Kind: "record"} }

// TakesRetractions says that it does.
func (*Recorder) TakesRetractions() bool { return true }

// OpenSink takes rows of any schema.
func (r *Recorder) OpenSink(_ context.Context, _ *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	r.schema, r.kind, r.streams = in.Schema, in.Kind, !in.Bounded
	return (*recording)(r), nil
}

// recording is a Recorder as the engine sees it.
type recording Recorder

func (r *recording) NewWriter() microbatch.Writer { return &writer{r.kept.NewWriter(), r.kind} }

func (r *recording) EndEpoch(*op.Epoch) error {
	r.epochs = append(r.epochs, r.kept.Batches())
	r.kept.Drop()
	return nil
}

func (r *recording) Commit(context.Context) error { return nil }
func (r *recording) Publish() error               { return nil }
func (r *recording) Close() error                 { return nil }

// writer keeps what is written, if the plan allows it.
type writer struct {
	microbatch.Writer
	kind plan.Changelog
}

func (w *writer) Push(at microbatch.Seq, b *vec.Batch) error {
	if w.kind == plan.Append && b.Diff != nil {
		return errors.New("a batch with numbers on an edge that the plan says is append")
	}
	return w.Writer.Push(at, b)
}

// Epochs is the changes of each epoch: of a stream the first is that of the bounded sources.
func (r *Recorder) Epochs() [][]*vec.Batch { return r.epochs }

// Changes is the log: a header, then a line for each changed row, with time and diff. Times are 1, 2 … for the epochs of a stream, 0 for what comes of
// bounded sources before; a batch has no column time. Lines of a time are sorted, for most tables promise no order: by the row's text, what goes before what
// comes.
func (r *Recorder) Changes() string {
	var lines []string
	for e, batches := range r.epochs {
		var of []string
		for _, b := range batches {
			for i := range b.N {
				of = append(of, r.line(b, i, e))
			}
		}
		slices.Sort(of)
		lines = append(lines, of...)
	}
	return r.text(lines, true)
}

func (r *Recorder) line(b *vec.Batch, row, epoch int) string {
	text := rowText(b, nil, row)
	d := int64(1)
	if b.Diff != nil {
		d = b.Diff[row]
	}
	if r.streams {
		text += fmt.Sprintf(" | %d", epoch)
	}
	return text + fmt.Sprintf(" | %d", d)
}

// Table is what the changes up to and with an epoch add up to, sorted by text; epochs count from 0, and −1 is all. A row that goes more often than it comes
// is there with a number below 0, which is a bug of the engine.
func (r *Recorder) Table(epoch int) string {
	t := newTally()
	for e, batches := range r.epochs {
		if epoch >= 0 && e > epoch {
			break
		}
		for _, b := range batches {
			t.add(b, nil)
		}
	}
	var lines []string
	for _, id := range t.order {
		n := t.rows[id].count
		for range n {
			lines = append(lines, id)
		}
		if n < 0 {
			lines = append(lines, fmt.Sprintf("%s  (%d times)", id, n))
		}
	}
	slices.Sort(lines)
	return r.text(lines, false)
}

func (r *Recorder) text(lines []string, changes bool) string {
	var head []string
	for _, f := range r.schema.Fields() {
		head = append(head, f.Name+" "+f.Type.String())
	}
	if changes && r.streams {
		head = append(head, "time")
	}
	if changes {
		head = append(head, "diff")
	}
	return strings.Join(head, " | ") + "\n" + strings.Join(append(lines, ""), "\n")
}

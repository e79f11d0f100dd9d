package chunks

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// put makes a commit of chunks of so many rows each.
func put(ctx context.Context, q *Queue, rows ...int) error {
	var all []*Chunk
	for _, r := range rows {
		all = append(all, &Chunk{Rows: r})
	}
	return q.Put(ctx, time.Now(), all)
}

// newQueue makes a queue of so many rows that charges nobody.
func newQueue(rows int, ready func()) *Queue {
	return NewQueue(Limits{Rows: rows}, &microbatch.Env{Budget: vec.NewBudget(0), Ready: ready})
}

func TestCommitsAreTakenWhole(t *testing.T) {
	ready := 0
	q := newQueue(1000, func() { ready++ })
	for range 3 {
		if err := put(t.Context(), q, 5, 7); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct {
		most, rows int64
		morsels    int
		waiting    int64
	}{{1, 12, 2, 24}, {23, 12, 2, 12}, {0, 12, 2, 0}, {0, 0, 0, 0}} {
		p, err := q.Poll(want.most)
		if err != nil || p.Rows != want.rows || len(p.Morsels) != want.morsels || p.Lag.Rows != want.waiting || p.More != (want.waiting > 0) || p.Ended {
			t.Errorf("a poll of %d rows: %+v, %v", want.most, p, err)
		}
	}
	if ready != 3 {
		t.Errorf("told %d times of 3 commits", ready)
	}
}

func TestAFullQueueLetsTheSourceWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, nil)
		if err := put(t.Context(), q, 100); err != nil { // larger than the queue, which is empty
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- put(t.Context(), q, 1) }()
		time.Sleep(time.Second)
		select {
		case <-done:
			t.Fatal("it didn't wait")
		default:
		}
		if p, err := q.Poll(0); err != nil || p.Rows != 100 {
			t.Errorf("%+v, %v", p, err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestWhoWaitsIsLetGo(t *testing.T) {
	for name, end := range map[string]func(*Queue, context.CancelFunc){
		"cancelled": func(_ *Queue, cancel context.CancelFunc) { cancel() },
		"closed":    func(q *Queue, _ context.CancelFunc) { q.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				q := newQueue(1, nil)
				if err := put(ctx, q, 1); err != nil {
					t.Fatal(err)
				}
				done := make(chan error)
				go func() { done <- put(ctx, q, 1) }()
				synctest.Wait()
				end(q, cancel)
				if err := <-done; err == nil {
					t.Error("it was put all the same")
				}
			})
		})
	}
}

// TestTheAgeIsThatOfTheOldest: counted from when it came, also if it had to wait outside.
func TestTheAgeIsThatOfTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, nil)
		began := time.Now()
		for i := range 3 {
			if err := q.Put(t.Context(), began.Add(time.Duration(i)*time.Second), []*Chunk{{Rows: 1}}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Second)
		if p, err := q.Poll(1); err != nil || p.Lag.Rows != 2 || p.Lag.Age != 9*time.Second {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestTheEndComesBehindTheRows(t *testing.T) {
	failed := errors.New("failed")
	for _, reason := range []error{nil, failed} {
		q := newQueue(10, nil)
		for range 2 {
			if err := put(t.Context(), q, 1); err != nil {
				t.Fatal(err)
			}
		}
		q.End(reason)
		if p, err := q.Poll(1); err != nil || p.Rows != 1 || p.Ended {
			t.Errorf("first: %+v, %v", p, err)
		}
		p, err := q.Poll(1)
		if err != nil || p.Rows != 1 || p.Ended != (reason == nil) || p.More != (reason != nil) {
			t.Errorf("last: %+v, %v", p, err)
		}
		if p, err := q.Poll(1); p.Rows != 0 || !errors.Is(err, reason) {
			t.Errorf("behind the last: %+v, %v", p, err)
		}
	}
}

func TestABatchWaitsForChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, nil)
		go func() {
			for range 3 {
				time.Sleep(time.Second)
				if err := put(t.Context(), q, 2, 3); err != nil {
					t.Error(err)
				}
			}
			q.End(nil)
		}()
		rows := 0
		for {
			c, err := q.Next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			rows += c.Rows
		}
		if rows != 15 || q.Lag().Rows != 0 {
			t.Errorf("%d rows of 15", rows)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("enough"))
		if _, err := newQueue(1, nil).Next(ctx); err == nil || err.Error() != "enough" {
			t.Errorf("error %v", err)
		}
	})
}

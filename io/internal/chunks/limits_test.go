package chunks

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// TestManySmallCommits: to take one doesn't cost more when many wait.
func TestManySmallCommits(t *testing.T) {
	const commits = 300_000
	for name, take := range map[string]func(q *Queue) (int, error){
		"Next": func(q *Queue) (int, error) {
			c, err := q.Next(t.Context())
			if err != nil {
				return 0, err
			}
			return c.Rows, nil
		},
		"Poll": func(q *Queue) (int, error) {
			p, err := q.Poll(1)
			if p.Ended {
				err = io.EOF
			}
			return int(p.Rows), err
		},
	} {
		q := newQueue(commits, nil)
		for range commits {
			if err := put(t.Context(), q, 1); err != nil {
				t.Fatal(err)
			}
		}
		q.End(nil)
		began, n := time.Now(), 0
		for {
			rows, err := take(q)
			n += rows
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(began); n != commits || d > 5*time.Second {
			t.Errorf("%s: %d of %d commits in %s", name, n, commits, d)
		}
	}
}

// TestQueueLimits: a queue is full of rows or of bytes; an empty one takes anything.
func TestQueueLimits(t *testing.T) {
	for name, c := range map[string]struct {
		rows  int
		bytes int64
	}{"rows": {6, 1}, "bytes": {1, 600}, "huge": {1, 5000}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				budget := vec.NewBudget(0)
				q := NewQueue(Limits{Rows: 10, Bytes: 1000, Account: budget.Account("queue")}, &microbatch.Env{Budget: budget})
				done := 0
				go func() {
					for range 3 {
						if err := q.Put(t.Context(), time.Now(), []*Chunk{{Rows: c.rows, Bytes: c.bytes}}); err != nil {
							t.Error(err)
						}
						done++
					}
				}()
				for k := range 3 {
					synctest.Wait()
					if done != k+1 {
						t.Fatalf("%d commits went in where %d had been taken", done, k)
					}
					if _, err := q.Poll(0); err != nil {
						t.Fatal(err)
					}
				}
				if budget.Used() == 0 {
					t.Error("what the epoch has taken isn't charged")
				}
				q.Close()
				if budget.Used() != 0 {
					t.Errorf("%d bytes are charged after Close", budget.Used())
				}
			})
		})
	}
}

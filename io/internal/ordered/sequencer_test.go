package ordered

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

func TestPiecesComeOutInOrder(t *testing.T) {
	const pieces, workers = 500, 4
	var want, got bytes.Buffer
	for i := range pieces {
		want.WriteString(piece(i))
	}
	budget := vec.NewBudget(0)
	s := New(&got, budget.Account("test"))
	todo := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			var buf []byte
			for i := range todo {
				var err error
				if buf, err = s.Put(int64(i), append(buf, piece(i)...)); err != nil {
					t.Error(err)
				}
				if len(buf) != 0 {
					t.Errorf("the buffer given back holds %q", buf)
				}
			}
		})
	}
	for from := 0; from < pieces; from += 10 {
		for _, i := range rand.Perm(10) {
			todo <- from + i
		}
	}
	close(todo)
	wg.Wait()
	if got.String() != want.String() {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want.String())
	}
	if s.Held() != 0 || budget.Used() != 0 {
		t.Errorf("%d pieces held, %d bytes charged", s.Held(), budget.Used())
	}
}

// piece is the text of piece i; every fifth is empty.
func piece(i int) string {
	if i%5 == 0 {
		return ""
	}
	return fmt.Sprintf("piece %d\n", i)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestAFailedWriteStaysFailed(t *testing.T) {
	full := errors.New("disk full")
	budget := vec.NewBudget(0)
	s := New(failing{full}, budget.Account("test"))
	if _, err := s.Put(1, []byte("b")); err != nil {
		t.Errorf("an early piece fails: %v", err)
	}
	for m := range int64(2) {
		if _, err := s.Put(2*m, []byte("x")); !errors.Is(err, full) {
			t.Errorf("Put(%d): %v, want %v", 2*m, err, full)
		}
	}
	s.Close()
	if budget.Used() != 0 {
		t.Errorf("%d bytes charged after Close", budget.Used())
	}
}

// Package ordered puts the output of several workers back into the order of the input.
package ordered

import (
	"io"
	"sync"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Sequencer writes the pieces 0, 1, 2 … in that order, whatever the order in which workers hand them in.
//
//	handed in   1   2   0       4   3
//	written             0 1 2       3 4
//
// A piece that comes early is held until its turn, and charged. The engine works on only a few
// pieces at once, so few are held. It is safe for concurrent use.
type Sequencer struct {
	mu    sync.Mutex
	w     io.Writer
	next  int64
	early map[int64][]byte
	free  [][]byte // emptied buffers for the next pieces
	acct  *vec.Account
	err   error // of the first write that failed: nothing is written after it
}

// New makes a sequencer that writes to w. What it holds is charged to acct, which may be nil.
func New(w io.Writer, acct *vec.Account) *Sequencer {
	return &Sequencer{w: w, early: map[int64][]byte{}, acct: acct}
}

// Put hands in piece m, which may be empty; each piece exactly once. The sequencer takes data over and
// gives back an empty buffer to fill next.
func (s *Sequencer) Put(m int64, data []byte) (buf []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return data[:0], s.err
	}
	if m != s.next {
		s.early[m] = data
		s.acct.Charge(int64(len(data)))
		return s.takeFree(), nil
	}
	if err := s.write(data); err != nil {
		return data[:0], err
	}
	return data[:0], s.writeEarly()
}

// writeEarly writes the held pieces whose turn it is.
func (s *Sequencer) writeEarly() error {
	for {
		data, ok := s.early[s.next]
		if !ok {
			return nil
		}
		delete(s.early, s.next)
		s.acct.Release(int64(len(data)))
		if err := s.write(data); err != nil {
			return err
		}
		s.free = append(s.free, data[:0])
	}
}

func (s *Sequencer) write(data []byte) error {
	s.next++
	if len(data) == 0 {
		return nil
	}
	_, s.err = s.w.Write(data)
	return s.err
}

func (s *Sequencer) takeFree() []byte {
	n := len(s.free)
	if n == 0 {
		return nil
	}
	buf := s.free[n-1]
	s.free = s.free[:n-1]
	return buf
}

// Held is the number of pieces that wait for their turn: 0 once every piece was handed in.
func (s *Sequencer) Held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.early)
}

// Close drops what is still held, after an error.
func (s *Sequencer) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for m, data := range s.early {
		s.acct.Release(int64(len(data)))
		delete(s.early, m)
	}
}

package op

import "github.com/pwcol/pwcol/kernels/vec"

// pass hands on what comes in on any port: a Union, or the rejected rows of another node, which the engine
// connects to its port.
type pass struct{ stateless }

// NewPass makes the operator of a Union or Rejected.
func NewPass() Operator { return pass{} }

func (pass) Open([]Port) (func() Local, error) { return func() Local { return passLocal{} }, nil }

type passLocal struct{}

func (passLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error { return out.Emit(Main, at, b) }

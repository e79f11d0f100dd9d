package op

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// project computes new columns. A column that is only passed on is not copied. Cost: the expressions', a row.
type project struct {
	stateless
	node *plan.Project
	env  Env
}

// NewProject makes the operator of a Project.
func NewProject(n *plan.Project, env Env) Operator { return &project{node: n, env: env} }

func (p *project) Open([]Port) (func() Local, error) {
	return func() Local {
		l := &projectLocal{bad: badRows{env: p.env, schema: p.node.Input.Schema()}}
		for _, e := range p.node.Exprs {
			l.exprs = append(l.exprs, plan.Compile(e))
		}
		l.cols = make([]*vec.Vec, len(l.exprs))
		return l
	}, nil
}

type projectLocal struct {
	exprs []calc.Expr
	cols  []*vec.Vec
	bad   badRows
}

func (p *projectLocal) Push(_ int, at Seq, b *vec.Batch, out Out) error {
	for i, e := range p.exprs {
		p.cols[i] = e.Eval(b, b.Sel, &p.bad.found)
	}
	sel, err := p.bad.settle(at, b, b.Sel, out)
	if err != nil {
		return err
	}
	if sel != nil && len(sel) == 0 {
		return nil
	}
	return out.Emit(Main, at, &vec.Batch{N: b.N, Cols: p.cols, Sel: sel, Diff: b.Diff})
}

package arrowtab

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Apply is the result of a Go function, a row each. It is an expression of With, Select and Filter; it is called like the function until As says otherwise. Arguments
// are columns' names or expressions (a constant is a Lit).
//
//	t.With(pw.Apply("score", score, "x1", "x2"))
//
//	func score(x1, x2, out []float64) error {  // a batch at once: arguments, then the place for the results, all of the same length
//		for i := range out {
//			out[i] = x1[i]*x1[i] + x2[i]
//		}
//		return nil
//	}
//
// The function takes a whole batch like that, or one row: func(x1, x2 float64) float64, or with an error, func(x1, x2 float64) (float64, error). A call by row
// costs about 0.3 µs; Rows1, Rows2, Rows3 and Rows4 make a function of rows one of batches, which is as fast as a loop.
//
// Values are of the types that a struct's fields can have (SchemaOf): basic types, string, []byte, time.Time, time.Duration, and slices of them, which are lists; a column of a
// narrower type is widened. A row with a NULL argument has the result NULL and the function isn't asked, unless it
// takes a pointer there, which is nil then (*float64, of batches []*float64). A pointer as result may be nil, too, and is NULL; so is a nil slice.
//
// Slices are valid until the function returns and must not be written to, but for the results. Several workers call it at once. If it returns an error or panics, the
// row is a bad row (OnBadRow); if that was a batch, it is asked again row by row to find which.
//
// A function that is to be asked once for a row, or not at all, as it says each time something different, needs nothing; say Deterministic() if it always gives equal
// results for equal arguments: then it can be asked again, and no results need to be remembered where rows may go (Explain says retract). Version("2") tells saved
// state that it isn't the function it was.
//
// It is called for every row of the table, also in a branch of If that isn't taken. The run waits until it returns: one that may hang belongs into ApplyAsync, with a
// Timeout.
func Apply(name string, fn any, args ...any) Expr { return applied(name, fn, nil, args) }

// ApplyAsync is Apply of a function that waits for something, a service most likely: it is called for many rows at once. Its results are there before the
// epoch ends that its rows came in, in their order.
//
//	pw.ApplyAsync("city", lookup, pw.Async{Capacity: 50, Timeout: time.Second, Retries: 2, Backoff: 100 * time.Millisecond}, "ip")
//
//	func lookup(ctx context.Context, ip string) (string, error)
//
// ctx ends when Timeout is over. A call that has failed or takes longer is made again, Retries times, after a pause that doubles; then its row is a bad row. A
// function that doesn't return at all is left behind.
//
// Where rows may go, results and failures are remembered until their row goes, though it be Deterministic: whether a call comes back in time isn't up to its
// arguments.
func ApplyAsync(name string, fn any, async Async, args ...any) Expr {
	return applied(name, fn, &async, args)
}

// Async says how many calls are made at once (Capacity, 0: 16), how long one may take (Timeout, 0: as long as it likes), how often a call is made again that
// has failed (Retries), and after which pause (Backoff, doubled each time).
type Async = plan.Async

// defaultCapacity is enough to hide most waiting and few enough for most services.
const defaultCapacity = 16

// FuncOption is an option of Apply and ApplyAsync, among their arguments.
type FuncOption struct {
	version       string
	deterministic bool
}

// Version is the version of a function: another one says that it gives other results than before.
func Version(version string) FuncOption { return FuncOption{version: version} }

// Deterministic promises that a function gives equal results for equal arguments, always. A stream with state (microbatch.State) takes no others: after a restart it asks
// again for the rows since its last checkpoint.
func Deterministic() FuncOption { return FuncOption{deterministic: true} }

func applied(name string, fn any, async *Async, args []any) Expr {
	a := &plan.Applied{Name: name}
	u := &userFunc{name: name, fn: reflect.ValueOf(fn)}
	var errs []error
	if name == "" {
		errs = append(errs, errors.New("a function needs a name"))
	}
	if async != nil {
		var err error
		u.async, err = checkedAsync(*async)
		errs = append(errs, err)
	}
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			a.Args = append(a.Args, Col(arg).e)
		case Expr:
			a.Args = append(a.Args, arg.e)
			errs = append(errs, arg.err)
		case FuncOption:
			u.option(arg)
		default:
			errs = append(errs, fmt.Errorf("argument %d is a %T, expected a column's name or an expression; a constant is a Lit", i+1, arg))
		}
	}
	errs = append(errs, u.inspect(len(a.Args)))
	a.To = u.to
	if err := errors.Join(errs...); err != nil {
		return Expr{e: a, name: name, err: fmt.Errorf("function %s: %w", name, err)}
	}
	return Expr{e: a, name: name}
}

func checkedAsync(a Async) (*Async, error) {
	if a.Capacity == 0 {
		a.Capacity = defaultCapacity
	}
	if a.Capacity < 0 || a.Timeout < 0 || a.Retries < 0 || a.Backoff < 0 {
		return &a, fmt.Errorf("%+v: none of them can be below 0", a)
	}
	return &a, nil
}

// Rows1 makes a function of a row one of batches, for Apply: it costs a plain call a row.
func Rows1[A, R any](f func(A) (R, error)) func(a []A, out []R) error {
	return func(a []A, out []R) (err error) {
		for i := range out {
			if out[i], err = f(a[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// Rows2 is Rows1 of two arguments.
func Rows2[A, B, R any](f func(A, B) (R, error)) func(a []A, b []B, out []R) error {
	return func(a []A, b []B, out []R) (err error) {
		for i := range out {
			if out[i], err = f(a[i], b[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// Rows3 is Rows1 of three arguments.
func Rows3[A, B, C, R any](f func(A, B, C) (R, error)) func(a []A, b []B, c []C, out []R) error {
	return func(a []A, b []B, c []C, out []R) (err error) {
		for i := range out {
			if out[i], err = f(a[i], b[i], c[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// Rows4 is Rows1 of four arguments.
func Rows4[A, B, C, D, R any](f func(A, B, C, D) (R, error)) func(a []A, b []B, c []C, d []D, out []R) error {
	return func(a []A, b []B, c []C, d []D, out []R) (err error) {
		for i := range out {
			if out[i], err = f(a[i], b[i], c[i], d[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// AcceptIf keeps one row of each key, and lets a function decide: of each new row, in the order in which they come, it is given the value in a column and that of
// the row that is kept, and says whether the new one takes its place. The first row of a key is kept unasked; a row whose value is NULL never is.
//
//	readings.Deduplicate([]string{"sensor"}, pw.AcceptIf("value", func(new, kept float64) bool { return math.Abs(new-kept) > 0.5 }))
func AcceptIf[T any](column string, accept func(new, kept T) bool) Keep {
	u := &userFunc{name: "AcceptIf", fn: reflect.ValueOf(Rows2(func(new, kept T) (bool, error) { return accept(new, kept), nil }))}
	return Keep{accept: func(s *Schema) (int, *plan.Function, error) {
		if accept == nil {
			return 0, nil, errors.New("the function is nil")
		}
		if err := u.inspect(2); err != nil {
			return 0, nil, err
		}
		i, ok := s.Index(column)
		if !ok {
			return 0, nil, plan.UnknownColumn(column, s)
		}
		value := columnAt(s, i)
		to, err := u.to([]plan.Expr{value, value})
		if err != nil {
			return 0, nil, err
		}
		if to.Args[0] != value {
			return 0, nil, fmt.Errorf("column %q is %s, and the function takes %s; let it take that type, or cast the column before",
				column, s.Field(i).Type, reflect.TypeFor[T]())
		}
		return i, to.Func, nil
	}}
}

package microbatch

import (
	"context"
	"errors"
	"sync"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Handle is a run that is going on. Its methods may be called from any goroutine, several at once: the first of Stop, Finish and Cancel counts, but that Cancel
// may come after the others. A function that the run itself calls, of a source, of a sink or in a table, must not wait for the run's end: it would be waited
// for, too. There, start a goroutine that calls Stop.
type Handle struct {
	cancel context.CancelCauseFunc
	ready  chan struct{} // a stream has rows
	full   chan struct{} // a stream has an epoch's worth of rows, or room for no more
	done   chan struct{}
	err    error // valid when done is closed

	mu       sync.Mutex
	request  request
	requests chan struct{} // closed when there is a request

	status statusBoard
}

// request is what the user has asked a run for.
type request uint8

const (
	running  request = iota
	stopped          // end after this epoch
	finished         // as if all sources had ended
)

// Start begins to compute the outputs and returns when all sources and sinks are open; mistakes in the program and
// what can't be opened are errors here. The run goes on until all sources have ended or the Handle ends it. Bounded sources are read first, as
// one epoch; unbounded ones start where they stood when Start was called. Cancelling ctx is Cancel.
//
//	h, err := microbatch.Start(ctx, out)
//	…
//	fmt.Println(h.Status())
//	err = h.Stop()
func Start(ctx context.Context, outputs ...pw.Output) (*Handle, error) {
	return Config{}.Start(ctx, outputs...)
}

// Start is the package's Start with these settings.
func (c Config) Start(ctx context.Context, outputs ...pw.Output) (*Handle, error) {
	roots, err := rootsOf(outputs)
	if err != nil {
		return nil, err
	}
	return c.start(ctx, roots)
}

func (c Config) start(ctx context.Context, roots []*plan.Write) (*Handle, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	h := &Handle{
		cancel: cancel, ready: make(chan struct{}, 1), full: make(chan struct{}, 1), done: make(chan struct{}), requests: make(chan struct{}),
	}
	e, err := c.open(ctx, roots, h)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	h.status.begin(e)
	go h.run(newStream(e, h))
	return h, nil
}

func (h *Handle) run(s *stream) {
	defer close(h.done)
	defer h.cancel(nil)
	stopProgress := s.config.reportProgress()
	stopLog := h.logStatus(s.config)
	err := guard(func() string { return "engine" }, s.run)
	stopLog()
	stopProgress()
	h.err = errors.Join(err, s.close())
}

// wake says that a stream has rows. It doesn't wait.
func (h *Handle) wake() { notify(h.ready) }

// press says that an epoch should be cut without waiting for Autocommit. It doesn't wait.
func (h *Handle) press() { notify(h.full) }

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Stop ends the run after the epoch that it is on: that is written, open windows stay open, and rows that haven't been taken from
// their sources yet aren't. It waits for the end and returns the run's error. A sink that doesn't return keeps it waiting: Config.Log then says which, and
// Cancel ends that.
func (h *Handle) Stop() error { return h.ask(stopped) }

// Finish ends the run as if all sources had ended: rows that have come are processed, open windows close. It waits for the end
// and returns the run's error.
func (h *Handle) Finish() error { return h.ask(finished) }

// Cancel ends the run now: what the epoch that it is on would have written isn't, but for sinks that have it already. It waits for the end, a few seconds for
// functions of the program that don't heed their context, which are left behind then. It returns nil if there was
// no error before. Wait, and a Stop or Finish that is under way, return an error for which errors.Is(err, context.Canceled) holds.
func (h *Handle) Cancel() error {
	h.cancel(errCancelled)
	if err := h.Wait(); !errors.Is(err, errCancelled) {
		return err
	}
	return nil
}

// Wait waits for the run's end: because all sources have ended, by Stop, Finish or Cancel, or by the error that it returns.
func (h *Handle) Wait() error {
	<-h.done
	return h.err
}

// Done is closed at the run's end.
func (h *Handle) Done() <-chan struct{} { return h.done }

func (h *Handle) ask(r request) error {
	h.mu.Lock()
	if h.request == running {
		h.request = r
		close(h.requests)
	}
	h.mu.Unlock()
	return h.Wait()
}

func (h *Handle) asked() request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.request
}

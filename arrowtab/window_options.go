package arrowtab

import (
	"slices"
	"time"
)

// WindowOption refines WindowBy, WindowByProcessingTime and Watermark. nil refines nothing.
type WindowOption func(*windowOptions)

// windowOptions is all that options of windows say.
type windowOptions struct {
	keys               []string
	delay, idle, ahead time.Duration
	lateness, early    time.Duration
	drop               bool
	origin             time.Time
	given              []string // the options' names
}

// watermarkOptions is the options that say how the watermark moves.
var watermarkOptions = map[string]bool{"Delay": true, "Idle": true, "Ahead": true}

func windowOptionsOf(options []WindowOption) windowOptions {
	var all windowOptions
	for _, o := range options {
		if o != nil {
			o(&all)
		}
	}
	return all
}

func (o *windowOptions) has(name string) bool { return slices.Contains(o.given, name) }

// By gives each value of those columns windows of its own.
func By(columns ...string) WindowOption {
	return func(o *windowOptions) {
		o.keys = append(o.keys, columns...)
		o.given = append(o.given, "By")
	}
}

// Delay says how much older than the newest row one may be when it comes: windows close that much after their end, in event time. Without it rows
// are expected in order.
func Delay(d time.Duration) WindowOption {
	return func(o *windowOptions) { o.delay, o.given = d, append(o.given, "Delay") }
}

// Idle is how long a partition of a source may be silent until it isn't waited for; 30 seconds unless said. 0: it always is
// waited for.
func Idle(d time.Duration) WindowOption {
	return func(o *windowOptions) { o.idle, o.given = d, append(o.given, "Idle") }
}

// Ahead is how far a row's time may be ahead of the engine's clock: one further ahead is a bad row, so that a single wrong time doesn't close
// all windows. 24 hours unless said; 0: any, as it is for tables that have an end or are played again.
func Ahead(d time.Duration) WindowOption {
	return func(o *windowOptions) { o.ahead, o.given = d, append(o.given, "Ahead") }
}

// Lateness keeps a closed window for that much longer, in event time, and corrects its row when rows come for it: the old row is retracted and
// the new one comes.
func Lateness(d time.Duration) WindowOption {
	return func(o *windowOptions) { o.lateness, o.given = d, append(o.given, "Lateness") }
}

// EmitEarly shows a window's row before it closes, again every so often (by the engine's clock) if it has changed.
func EmitEarly(every time.Duration) WindowOption {
	return func(o *windowOptions) { o.early, o.given = every, append(o.given, "EmitEarly") }
}

// KeepResults(false) retracts a window's row when the window is forgotten, so that the table is the windows that are open.
func KeepResults(keep bool) WindowOption {
	return func(o *windowOptions) { o.drop, o.given = !keep, append(o.given, "KeepResults") }
}

// Origin is a time at which a window begins; without it that is 1970-01-01 00:00 UTC. Weeks that begin on Monday are Tumbling(7*24*time.Hour)
// from any Monday.
func Origin(at time.Time) WindowOption {
	return func(o *windowOptions) { o.origin, o.given = at, append(o.given, "Origin") }
}

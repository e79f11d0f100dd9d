package plan

// Replaying is an Unbounded source whose event times have nothing to do with the clock: a file that is played again, made-up
// rows. Then no time is too far ahead.
type Replaying interface {
	Unbounded
	// IsReplaying reports whether this one does.
	IsReplaying() bool
}

// Live reports whether n has a source that is unbounded and whose event times are about those of the clock.
func Live(n Node) bool {
	for _, in := range Upstream(n) {
		r, ok := in.(*Read)
		if !ok {
			continue
		}
		if u, ok := r.Source.(Unbounded); !ok || !u.IsUnbounded() {
			continue
		}
		if p, ok := r.Source.(Replaying); !ok || !p.IsReplaying() {
			return true
		}
	}
	return false
}

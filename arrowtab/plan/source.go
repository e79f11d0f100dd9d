package plan

// Unbounded is a Source that may go on for ever: a topic, a folder that is watched. One that isn't Unbounded is
// read to its end in one epoch.
type Unbounded interface {
	Source
	// IsUnbounded reports whether this one has no end of its own.
	IsUnbounded() bool
}

// Feeding is a Source whose rows are not all insertions.
type Feeding interface {
	Source
	// Feed says what its rows are; key is the columns by which upserts replace each other.
	Feed() (feed Feed, key []int)
}

// Feed is what a source's rows are.
type Feed uint8

// The feeds.
const (
	Insertions Feed = iota // a batch has no Diff
	Revisions              // Diff says how often a row comes or goes; one that goes was there
	Upserts                // +1 replaces the row of the same key, −1 removes it: see Upsert. A key's rows are all in one partition: of several none is known to be the last
)

// FeedOf is what a source's rows are.
func FeedOf(s Source) (feed Feed, key []int) {
	if f, ok := s.(Feeding); ok {
		return f.Feed()
	}
	return Insertions, nil
}

func readKind(n *Read) Changelog {
	feed, _ := FeedOf(n.Source)
	return unless(feed == Insertions)
}

// Bounded reports whether all that n is made of is read to its end in the first epoch.
func Bounded(n Node) bool {
	for _, in := range Upstream(n) {
		if r, ok := in.(*Read); ok {
			if u, ok := r.Source.(Unbounded); ok && u.IsUnbounded() {
				return false
			}
		}
	}
	return true
}

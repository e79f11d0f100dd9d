package op

import (
	"bytes"
	"slices"
)

// topWindow is the wanted rows of some keys, in order: key k's are rows[from[k]:from[k+1]]. Their texts are without the order of arrival, which
// nobody sees.
type topWindow struct {
	texts []byte
	rows  []topRow
	from  []int
}

// topRow is a text and how often it is there.
type topRow struct {
	at, end int
	n       int64
}

func (w *topWindow) text(r topRow) []byte { return w.texts[r.at:r.end] }

func (w *topWindow) of(k int) []topRow { return w.rows[w.from[k]:w.from[k+1]] }

// look reads the keys' wanted rows.
func (u *topUpdate) look(w *topWindow) {
	w.texts, w.rows, w.from = w.texts[:0], w.rows[:0], append(w.from[:0], 0)
	stride := u.state.bags.Stride()
	for _, key := range u.keys {
		u.entries = u.state.bags.Head(key, u.state.shape.want, u.entries[:0])
		skip, left := u.top.node.Offset, u.state.shape.want-u.top.node.Offset
		for i := 0; i < len(u.entries) && left > 0; i += stride {
			n := max(0, int64(u.entries[i+stride-1])) // below 0: what has gone and never was
			skipped := min(skip, n)
			skip -= skipped
			n = min(n-skipped, left)
			if n > 0 {
				left -= n
				w.add(u.state.shape.rank, u.state.bags.Text(u.entries[i:i+stride]), n)
			}
		}
		rows := w.rows[w.from[len(w.from)-1]:]
		if u.state.shape.rank.seq && !u.top.node.Number { // in the order in which compare wants them
			slices.SortStableFunc(rows, func(x, y topRow) int { return bytes.Compare(w.text(x), w.text(y)) })
		}
		w.from = append(w.from, len(w.rows))
	}
}

func (w *topWindow) add(r *ranking, text []byte, n int64) {
	at := len(w.texts)
	if r.seq {
		ordered := r.orderLen(text)
		w.texts = append(w.texts, text[:ordered]...)
		text = text[ordered+seqBytes:]
	}
	w.texts = append(w.texts, text...)
	w.rows = append(w.rows, topRow{at, len(w.texts), n})
}

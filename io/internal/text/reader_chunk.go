package text

import "errors"

// maxOverlap is how much is read behind a chunk at once, as its last row mostly ends there.
const maxOverlap = 4 << 10

func (c *chunk) overlap() int64 { return int64(min(maxOverlap, c.chunk)) }

// readChunk reads the rows that begin in chunk c.
func (r *reader) readChunk(c *chunk) error {
	rows, err := r.cut(c)
	c.after.publish(rows.next, err)
	if err == nil {
		r.open.env.Stats.BytesRead.Add(c.to - c.from)
	}
	if err == nil && (rows.b.From < rows.b.To || rows.long != nil) {
		err = r.parse(c.in, &rows.b, rows.base, c.lineAt, rows.long)
	}
	return errors.Join(err, c.done())
}

// chunkRows are the rows of a chunk.
type chunkRows struct {
	b    Buffer
	base int64 // place in the file of place 0 of b
	next int64 // where the row behind them begins
	long *Bad  // a row behind those of b that is too large to be in it
}

// cut reads the chunk and finds its rows.
func (r *reader) cut(c *chunk) (rows chunkRows, err error) {
	have := min(c.to+c.overlap(), c.in.Size)
	data := r.grown(int(have-c.from), 0)
	b := Buffer{Data: data, From: Lead, To: Lead + int(c.to-c.from)}
	if err := c.readAt(data[Lead:Lead+int(have-c.from)], c.from); err != nil {
		return rows, err
	}
	plain := r.splitter.Survey(&b)
	first, err := c.first.wait(r.ctx)
	if err != nil {
		return rows, err
	}
	rows = chunkRows{b: b, base: c.from - Lead, next: first}
	if first >= c.to {
		rows.b.From = rows.b.To
		return rows, nil
	}
	rows.b.From = int(first - rows.base)
	if c.to == c.in.Size {
		rows.next = c.to
	} else if err := r.findEnd(c, &rows, have); err != nil {
		return rows, err
	}
	rows.b.Plain = plain && r.splitter.IsPlain(rows.b.Data[b.To:max(b.To, rows.b.To)])
	return rows, nil
}

// findEnd finds the first row behind the chunk, of which the bytes up to place have of the file are in the buffer. It reads on as
// far as it has to.
func (r *reader) findEnd(c *chunk, rows *chunkRows, have int64) error {
	target := Lead + int(c.to-c.from)
	at := r.splitter.LastRow(&Buffer{Data: rows.b.Data, From: Lead, To: target}, rows.b.From)
	for {
		rows.b.To = int(have - rows.base)
		cut := r.splitter.NextRow(&Buffer{Data: rows.b.Data, From: rows.b.From, To: rows.b.To}, at, target, have == c.in.Size)
		at = cut.At
		switch {
		case cut.Long:
			// The line break is looked for at once: workers on the chunks behind wait for it.
			next, err := c.nextLine(r.ctx, have)
			rows.b.To, rows.next, rows.long = at, next, cut.Bad
			return err
		case !cut.More:
			rows.b.To, rows.next = at, min(rows.base+int64(at), c.in.Size)
			return nil
		}
		more := min(max(have-c.to, c.overlap()), c.in.Size-have) // twice as much behind the chunk each time
		rows.b.Data = r.grown(int(have+more-c.from), int(have-c.from))
		if err := c.readAt(rows.b.Data[have-rows.base:have-rows.base+more], have); err != nil {
			return err
		}
		have += more
	}
}

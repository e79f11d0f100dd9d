package bag

// pool hands out blocks of equal size by number. They lie in chunks, so that a pool grows without copying. A block holds
// anything when it is handed out.
type pool struct {
	size   int  // words of a block
	shift  uint // a chunk has 2^shift blocks
	chunks [][]uint64
	used   uint32
	free   []uint32
}

// chunkWords is about how many words a chunk has: large enough that there are few, small enough that few groups don't take much.
const chunkWords = 4096

func newPool(size int) pool {
	p := pool{size: size}
	for size<<(p.shift+1) <= chunkWords {
		p.shift++
	}
	return p
}

func (p *pool) get() uint32 {
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		return i
	}
	if int(p.used>>p.shift) == len(p.chunks) {
		p.chunks = append(p.chunks, make([]uint64, p.size<<p.shift))
	}
	p.used++
	return p.used - 1
}

func (p *pool) put(i uint32) { p.free = append(p.free, i) }

// at is block i.
func (p *pool) at(i uint32) []uint64 {
	from := int(i&(1<<p.shift-1)) * p.size
	return p.chunks[i>>p.shift][from : from+p.size]
}

func (p *pool) reset() { p.used, p.free = 0, p.free[:0] }

func (p *pool) bytes() int64 {
	return int64(8*len(p.chunks)*p.size<<p.shift + 24*cap(p.chunks) + 4*cap(p.free))
}

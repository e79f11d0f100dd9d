package coding

// SplitStreams decodes BYTE_STREAM_SPLIT: the first bytes of all values, then all the second bytes, and so on.
//
//	values   01020304 05060708
//	bytes    04 08  03 07  02 06  01 05
type SplitStreams struct {
	data  []byte
	width int
	count int // values of the page
	next  int
}

// Reset starts at data with values of width bytes.
func (s *SplitStreams) Reset(data []byte, width int) {
	*s = SplitStreams{data: data, width: width, count: len(data) / max(width, 1)}
}

// Decode fills dst, n*width bytes, with the next n values.
func (s *SplitStreams) Decode(dst []byte, n int) error {
	if n > s.count-s.next {
		return ErrShort
	}
	for k := range s.width {
		src := s.data[k*s.count+s.next:][:n]
		at := k
		for _, b := range src {
			dst[at] = b
			at += s.width
		}
	}
	s.next += n
	return nil
}

// Skip passes over n values.
func (s *SplitStreams) Skip(n int) error {
	if n > s.count-s.next {
		return ErrShort
	}
	s.next += n
	return nil
}

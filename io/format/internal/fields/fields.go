package fields

// Pad is how many bytes must lie behind the last field of Fields.Buf, so that words can be loaded from anywhere in it.
const Pad = 64

// Fields is where the fields of a block of rows lie. Field c of row r is number i = r·Width + c: its text is
// Buf[Starts[i]+1:Ends[i]]. What lies at Buf[Starts[i]], a delimiter or a quote, is the format's to read. For two rows
// of CSV, "1,ab" and "2,c", starts and ends are the same list of marks, shifted by one:
//
//	\n 1 , a b \n 2 , c \n
//	0  1 2 3 4 5  6 7 8 9      Starts 0 2 5 7, Ends 2 5 7 9
type Fields struct {
	Buf    []byte
	Width  int
	Rows   int
	Starts []uint32
	Ends   []uint32
	ASCII  bool // all bytes are below 0x80
}

// Text is field i as it is written, without quotes around it.
func (f *Fields) Text(i int) []byte { return f.Buf[f.Starts[i]+1 : f.Ends[i]] }

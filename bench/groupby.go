package bench

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
)

// groupsPerID is the number of groups of the small keys of the group-by questions, and the number of rows of each group
// of the large ones (the "K" of the public benchmark).
const groupsPerID = 100

// WriteGroupBy writes the input of the public group-by questions (the H2O.ai "db-benchmark", now DuckDB's) as CSV: 9
// columns, no missing values, unsorted.
//
//	id1, id2  strings of 100 values   "id016"
//	id3       string, rows/100 values "id0000042202"
//	id4, id5  integers 1..100
//	id6       integer 1..rows/100
//	v1, v2    integers 1..5, 1..15
//	v3        float 0..100, 6 decimals
//
// The same number of rows gives the same bytes.
func WriteGroupBy(w io.Writer, rows int) error {
	out := bufio.NewWriterSize(w, writeBuffer)
	if _, err := out.WriteString("id1,id2,id3,id4,id5,id6,v1,v2,v3\n"); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(2, 2))
	large := max(rows/groupsPerID, 1)
	line := make([]byte, 0, 128)
	for range rows {
		line = appendGroupByRow(line[:0], large, random)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func appendGroupByRow(line []byte, large int, random *rand.Rand) []byte {
	line = append(appendID(line, 1+random.IntN(groupsPerID), 3), ',')
	line = append(appendID(line, 1+random.IntN(groupsPerID), 3), ',')
	line = append(appendID(line, 1+random.IntN(large), 10), ',')
	for _, below := range [...]int{groupsPerID, groupsPerID, large, 5, 15} {
		line = strconv.AppendInt(line, int64(1+random.IntN(below)), 10)
		line = append(line, ',')
	}
	line = strconv.AppendFloat(line, random.Float64()*100, 'f', 6, 64)
	return append(line, '\n')
}

// appendID appends "id" and n, filled with zeros to that many digits.
func appendID(line []byte, n, digits int) []byte {
	line = append(line, "id0000000000"[:2+digits]...)
	for at := len(line) - 1; n > 0; at-- {
		line[at] = byte('0' + n%10)
		n /= 10
	}
	return line
}

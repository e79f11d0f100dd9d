package bench

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// seedStart is the timestamp of the seed workload's first row; rows are about a millisecond apart.
var seedStart = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// WriteSeed writes the seed workload's input, a CSV file of that many rows, about 55 bytes each:
//
//	id,value,category,timestamp
//	0,340.28597866062336,A,2024-01-01 00:00:00.000863
//
// id counts from 0, value is uniform in 0..1000, category one of A to E, timestamp grows. The same number of rows
// gives the same bytes, and fewer rows are a prefix of more.
func WriteSeed(w io.Writer, rows int) error {
	out := bufio.NewWriterSize(w, writeBuffer)
	if _, err := out.WriteString("id,value,category,timestamp\n"); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 1))
	line := make([]byte, 0, 128)
	for id := range rows {
		line = appendSeedRow(line[:0], id, random)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func appendSeedRow(line []byte, id int, random *rand.Rand) []byte {
	line = strconv.AppendInt(line, int64(id), 10)
	line = append(line, ',')
	line = strconv.AppendFloat(line, random.Float64()*1000, 'f', -1, 64)
	line = append(line, ',', "ABCDE"[random.IntN(5)], ',')
	at := seedStart.Add(time.Duration(id)*time.Millisecond + time.Duration(random.IntN(1000))*time.Microsecond)
	line = at.AppendFormat(line, "2006-01-02 15:04:05.000000")
	return append(line, '\n')
}

// writeBuffer is large enough that the generators' time is not spent in system calls.
const writeBuffer = 1 << 20

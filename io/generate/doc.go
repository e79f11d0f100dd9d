// Package generate makes up rows at a rate: for load tests, demonstrations and trials of a program before its source is there.
//
//	type reading struct {
//		Sensor int64
//		At     time.Time
//		Value  float64
//	}
//
//	start := time.Now()
//	readings := generate.Rows(func(n int64) reading {
//		return reading{Sensor: n % 100, At: start.Add(time.Duration(n) * time.Millisecond), Value: 20 + math.Sin(float64(n)/1000)}
//	}, generate.Start(start), generate.Rate(1000))
//
// A row is a function of its number: the same number makes the same row, so two runs have the same rows, whatever their rate, the
// number of workers and the moments at which the engine took them. For chance, seed a generator with the number:
// rand.New(rand.NewPCG(7, uint64(n))).
//
// # When a row is due
//
// Row n, counted from 0, is due (n+1)/Rate seconds after the start and is handed over at the next Tick. The clock alone says what is due:
// nothing is left out, and nothing waits, because the engine was busy. What is due and not taken yet is the source's Lag, in rows and as the age of the
// oldest; with Start in the past a run begins by catching up. Without a Rate rows come as fast as the engine takes them.
//
// Rows are made where they are read, on all workers, so that nothing is stored and there is no queue that could be full. That is why the
// function must be one of n alone: it is called from several goroutines, in any order, for some rows perhaps never.
package generate

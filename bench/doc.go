// Package bench measures pwcol, alone and side by side with other engines. It has the generators of the inputs, the
// workloads as table programs, and the harness.
//
// # Files
//
// Every engine that is compared (Compare) is a process of its own that lives through all rounds (an Engine) and answers queries,
// one JSON object a line: pwcol as `pwcol bench serve`, the peers as the Python scripts under peers/. In each round every
// engine answers the query once, in an order that rotates from round to round, so that what else the machine does
// hits all of them alike. The engine measures itself, from the name of the input file to the written result, and
// reports wall time, CPU time and peak memory. The harness takes the least and the median, and compares the
// results with each other: a fast wrong answer is not an answer. Batch is the seed batch job at several sizes, of pwcol alone.
//
// # Streams
//
// StreamTable is the seed stream at several rates. A StreamCase is one run, in a process of its own that gets the case as JSON and
// prints its StreamFigures. At every tick a batch of rows is due, and is handed over then or, if the engine held the
// generator up, at once after that; its latency counts from when it was due, so that an engine that stalls doesn't hide
// the rows that it kept waiting (no "coordinated omission"):
//
//	tick         0         1         2         3
//	due          batch 0   batch 1   batch 2   …
//	handed over  |         ······|   |           the engine held batch 1 up
//	written        |               |   |
//	latency      ──        ────────  ──
//
// It ends when the sink has written what the epoch that took the batch has changed. Each latency is of one batch, and all
// batches of a run have as many rows, so that percentiles of batches are those of rows. The first batches count like all others.
//
// The CPU time of an engine is that of its process less what the same generator takes in a process without an engine; memory is that of the process, generator included. What was given and what was processed are counted apart, must be the
// same, and the totals in the sink must be what the generator knows them to be.
//
// The highest rate that can be sustained is searched by doubling and halving; see StreamTable.Run. Pathway is measured by the same
// rules, by a script that takes the same case and prints the same figures (peers/stream_pathway.py).
//
// # Nexmark
//
// NexmarkTable runs the queries of bench/nexmark over events that are made before and lie in memory as columns: first as fast as the engine
// takes them, for events per second of CPU time, then at half of the rate that was reached, for latencies. The sink reads every
// byte that comes out and keeps a sum to which a row adds as much when it comes as it takes off when it goes.
package bench

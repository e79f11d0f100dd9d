// Package nexmark has the events and the queries of Nexmark, the benchmark of streaming engines that is an auction site: people who
// come, auctions that they open, and bids.
//
//	g, err := nexmark.New(nexmark.Config{})
//	blocks := g.Events(0, 50_000)              // *vec.Batch, with the columns of nexmark.Schema
//	…
//	s := nexmark.StreamOf(events)              // a *pw.Table of such rows
//	q5, err := nexmark.QueryOf("q5")
//	result := q5.Table(s)
//
// Events are those of the published generator (github.com/nexmark/nexmark, which goes back to that of Apache Beam, and to "NEXMark – A
// Benchmark for Queries over Data Streams", Tucker, Tufte, Papadimos, Maier, 2002) with its usual settings, and the
// queries are those that are published for Flink. What differs:
//
//   - An event is a function of its number and the seed alone, so that any stretch of the stream can be made apart from
//     the rest, and again. Flink's is random.
//   - Numbers of events begin with 0, so that the first one is a person.
//   - The event times begin in 2015, not when the program starts.
//   - Extra texts are of the letters a to z. Flink's generator draws its letters by the remainder of a number that may be negative,
//     and so puts other characters among them.
//   - Bids of a bidder that are ten seconds apart, to the millisecond, are two sessions of q11; Flink makes them one.
//
// What looks like a slip of the published generator is kept, because all published figures have it: a bid's bidder is 1000 (the first
// person's id) too large, so that most bids are by people who come a thousand people later. Joins of bids with people (q23) find their
// matches late. And one channel_id is negative, as the least of the 32-bit numbers has no absolute value.
package nexmark

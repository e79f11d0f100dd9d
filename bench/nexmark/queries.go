package nexmark

import (
	"fmt"
	"strings"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// Query is one of the published queries.
type Query struct {
	Name    string // "q5"
	Summary string
	Table   func(s Stream) *pw.Table
	// Clock is whether the result depends on when events come, so that a stream's isn't that of a batch.
	Clock bool
}

// Queries is all queries, but for q6, which Flink doesn't have, and those that are about files (q10), a lookup in a file (q13) and
// regular expressions (q21).
func Queries() []Query {
	return []Query{
		{Name: "q0", Summary: "all bids", Table: passThrough},
		{Name: "q1", Summary: "prices in euros", Table: currency},
		{Name: "q2", Summary: "bids for some auctions", Table: selection},
		{Name: "q3", Summary: "who sells in some states: auctions ⋈ people", Table: localItems},
		{Name: "q4", Summary: "average of the closing prices of each category: auctions ⋈ bids, max, avg", Table: categoryPrices},
		{Name: "q5", Summary: "the auctions with the most bids, 10 s every 2 s", Table: hotItems},
		{Name: "q7", Summary: "the highest bid of every 10 s", Table: highestBid},
		{Name: "q8", Summary: "people who sell in the 10 s in which they came", Table: newUsers},
		{Name: "q9", Summary: "the winning bid of each auction", Table: winningBids},
		{Name: "q11", Summary: "bids of each session of a bidder", Table: sessions},
		{Name: "q12", Summary: "bids of each bidder in 10 s of the clock", Table: clockWindows, Clock: true},
		{Name: "q14", Summary: "a calculation on some bids", Table: calculation},
		{Name: "q15", Summary: "statistics of each day, with distinct counts", Table: dayStatistics},
		{Name: "q16", Summary: "statistics of each channel and day", Table: channelStatistics},
		{Name: "q17", Summary: "statistics of each auction and day", Table: auctionStatistics},
		{Name: "q18", Summary: "the last bid of each bidder for each auction", Table: lastBids},
		{Name: "q19", Summary: "the ten highest bids for each auction", Table: topBids},
		{Name: "q20", Summary: "bids with their auctions, of one category", Table: expandedBids},
		{Name: "q22", Summary: "the parts of the bids' addresses", Table: urlParts},
		{Name: "q23", Summary: "bids, who made them, and what they sell: bids ⋈ people ⋈ auctions", Table: bidsOfSellers},
	}
}

// QueryOf is the query of that name.
func QueryOf(name string) (Query, error) {
	var names []string
	for _, q := range Queries() {
		if q.Name == name {
			return q, nil
		}
		names = append(names, q.Name)
	}
	return Query{}, fmt.Errorf("there is no query %q; there are %s", name, strings.Join(names, ", "))
}

package nexmark

import (
	pw "github.com/pwcol/pwcol/arrowtab"
)

// The statistics are of all bids and of those in three ranges of price.
var (
	cheap  = pw.Col("price").Lt(10_000)
	middle = pw.Col("price").Ge(10_000).And(pw.Col("price").Lt(1_000_000))
	dear   = pw.Col("price").Ge(1_000_000)
)

// ranks is a reducer for all bids and for those of each range, named "total_bids", "rank1_bids", "rank2_bids", "rank3_bids".
func ranks(r pw.Reducer, name string) []pw.Reducer {
	return []pw.Reducer{
		r.As("total_" + name), r.Where(cheap).As("rank1_" + name), r.Where(middle).As("rank2_" + name), r.Where(dear).As("rank3_" + name),
	}
}

// bidsByDay is the bids with their day. The published queries group by the day as text; grouping by the day itself and writing the text
// once a group is the same.
func bidsByDay(s Stream) *pw.Table {
	return s.Bid().With(pw.Col("dateTime").DateTrunc("day").As("day"))
}

// dayText is the column day as text.
func dayText() pw.Expr { return pw.Col("day").Strftime("%Y-%m-%d").As("day") }

// distinctRanks is the statistics of q15 and q16.
func distinctRanks() []pw.Reducer {
	all := ranks(pw.Count(), "bids")
	all = append(all, ranks(pw.CountDistinct("bidder"), "bidders")...)
	return append(all, ranks(pw.CountDistinct("auction"), "auctions")...)
}

// dayStatistics is q15.
func dayStatistics(s Stream) *pw.Table {
	return bidsByDay(s).GroupBy("day").Reduce(distinctRanks()...).With(dayText())
}

// channelStatistics is q16. The last minute of a day is the minute of the last time.
func channelStatistics(s Stream) *pw.Table {
	reducers := append([]pw.Reducer{pw.Max("dateTime").As("minute")}, distinctRanks()...)
	return bidsByDay(s).GroupBy("channel", "day").Reduce(reducers...).
		With(dayText(), pw.Col("minute").Strftime("%H:%M").As("minute"))
}

// auctionStatistics is q17. The average is cut to a whole number, as SQL's is of whole numbers.
func auctionStatistics(s Stream) *pw.Table {
	reducers := append(ranks(pw.Count(), "bids"),
		pw.Min("price").As("min_price"), pw.Max("price").As("max_price"), pw.Avg("price").As("avg_price"), pw.Sum("price").As("sum_price"))
	return bidsByDay(s).GroupBy("auction", "day").Reduce(reducers...).
		With(dayText(), whole("avg_price"), pw.Col("sum_price").Cast(pw.TInt64).As("sum_price"))
}

// whole is a column of positive floats cut to whole numbers.
func whole(column string) pw.Expr { return pw.Col(column).Floor().Cast(pw.TInt64).As(column) }

// lastBids is q18.
func lastBids(s Stream) *pw.Table {
	return s.Bid().Deduplicate([]string{"bidder", "auction"}, pw.KeepLastBy("dateTime")).
		Select("auction", "bidder", "price", "channel", "url", "dateTime", "extra")
}

// topBids is q19.
func topBids(s Stream) *pw.Table {
	return s.Bid().RowNumber("rank_number", pw.PerKey("auction"), pw.Desc("price")).
		Filter(pw.Col("rank_number").Le(10)).
		Select("auction", "bidder", "price", "channel", "url", "dateTime", "extra", "rank_number")
}

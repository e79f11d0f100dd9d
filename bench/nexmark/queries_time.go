package nexmark

import (
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
)

const windowSize = 10 * time.Second

// hotItems is q5.
func hotItems(s Stream) *pw.Table {
	counts := s.Timed().Bid().WindowBy("dateTime", pw.Sliding(windowSize, 2*time.Second), pw.By("auction")).Reduce(pw.Count().As("num"))
	most := counts.GroupBy("window_start", "window_end").Reduce(pw.Max("num").As("maxn"))
	return counts.Join(most, pw.On("window_start", "window_end"), pw.OnCond(pw.Col("num").Ge(pw.Col("maxn")))).
		Select("auction", "num")
}

// highestBid is q7. A bid is near its window's start, which says what the published condition says by the window's end, and lets both sides
// be forgotten.
func highestBid(s Stream) *pw.Table {
	bids := s.Timed().Bid()
	highest := bids.WindowBy("dateTime", pw.Tumbling(windowSize)).Reduce(pw.Max("price").As("maxprice"))
	return bids.Join(highest, pw.OnPair("price", "maxprice"), pw.Within("dateTime", "window_start", -windowSize, 0)).
		Select("auction", "price", "bidder", "dateTime", "extra")
}

// newUsers is q8. The windows are the same, so their starts are no time apart: Within says so once more, and lets them be forgotten.
func newUsers(s Stream) *pw.Table {
	s = s.Timed()
	came := s.Person().WindowBy("dateTime", pw.Tumbling(windowSize), pw.By("id", "name")).Reduce()
	sold := s.Auction().WindowBy("dateTime", pw.Tumbling(windowSize), pw.By("seller")).Reduce()
	return came.Join(sold, pw.OnPair("id", "seller"), pw.OnPair("window_end", "window_end"), pw.Suffix("_sold"),
		pw.Within("window_start", "window_start", 0, 0)).
		Select("id", "name", pw.Col("window_start").As("stime"))
}

// sessions is q11.
func sessions(s Stream) *pw.Table {
	return named(s.Timed().Bid().WindowBy("dateTime", pw.Session(windowSize), pw.By("bidder")))
}

// clockWindows is q12.
func clockWindows(s Stream) *pw.Table {
	return named(s.Bid().WindowByProcessingTime(pw.Tumbling(windowSize), pw.By("bidder")))
}

// named is how many bids are in each window of a bidder.
func named(w pw.Windowed) *pw.Table {
	return w.Reduce(pw.Count().As("bid_count")).
		Select("bidder", "bid_count", pw.Col("window_start").As("starttime"), pw.Col("window_end").As("endtime"))
}

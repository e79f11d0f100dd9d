package nexmark

import (
	pw "github.com/pwcol/pwcol/arrowtab"
)

// localItems is q3.
func localItems(s Stream) *pw.Table {
	people := s.Person().Filter(pw.Col("state").In("OR", "ID", "CA")).Select("id", "name", "city", "state")
	return s.Auction().Filter(pw.Col("category").Eq(10)).Select(pw.Col("id").As("auction"), "seller").
		Join(people, pw.OnPair("seller", "id")).
		Select("name", "city", "state", pw.Col("auction").As("id"))
}

// auctionBids is the auctions with the bids that were made while they were open.
func auctionBids(s Stream) *pw.Table {
	open := pw.Col("bid_dateTime").Between(pw.Col("dateTime"), pw.Col("expires"))
	bids := s.Bid().Rename(map[string]string{"dateTime": "bid_dateTime", "extra": "bid_extra"})
	return s.Auction().Join(bids, pw.OnPair("id", "auction"), pw.OnCond(open))
}

// categoryPrices is q4.
func categoryPrices(s Stream) *pw.Table {
	return auctionBids(s).GroupBy("id", "category").Reduce(pw.Max("price").As("final")).
		GroupBy("category").Reduce(pw.Avg("final").As("final")).
		Select(pw.Col("category").As("id"), whole("final"))
}

// winningBids is q9.
func winningBids(s Stream) *pw.Table {
	return auctionBids(s).TopK(1, pw.PerKey("id"), pw.Desc("price"), "bid_dateTime").
		Select("id", "itemName", "description", "initialBid", "reserve", "dateTime", "expires", "seller", "category", "extra",
			"auction", "bidder", "price", "bid_dateTime", "bid_extra")
}

// expandedBids is q20.
func expandedBids(s Stream) *pw.Table {
	bids := s.Bid().Rename(map[string]string{"dateTime": "bid_dateTime", "extra": "bid_extra"})
	auctions := s.Auction().Filter(pw.Col("category").Eq(10)).Rename(map[string]string{"dateTime": "auction_dateTime", "extra": "auction_extra"})
	return bids.Join(auctions, pw.OnPair("auction", "id")).
		Select("auction", "bidder", "price", "channel", "url", "bid_dateTime", "bid_extra",
			"itemName", "description", "initialBid", "reserve", "auction_dateTime", "expires", "seller", "category", "auction_extra")
}

// bidsOfSellers is q23.
func bidsOfSellers(s Stream) *pw.Table {
	people := s.Person().Drop("dateTime").Rename(map[string]string{"id": "person_id", "extra": "person_extra"})
	auctions := s.Auction().Drop("id").Rename(map[string]string{"dateTime": "auction_dateTime", "extra": "auction_extra"})
	return s.Bid().Select("bidder", "price", "channel", "url", pw.Col("extra").As("bid_extra")).
		Join(people, pw.OnPair("bidder", "person_id")).
		Join(auctions, pw.OnPair("bidder", "seller")).
		Select("bidder", "price", "channel", "url", "bid_extra",
			"person_id", "name", "emailAddress", "creditCard", "city", "state", "person_extra",
			"itemName", "description", "initialBid", "reserve", "auction_dateTime", "expires", "seller", "category", "auction_extra")
}

package nexmark

import (
	"fmt"
	"time"
)

// Config says which events there are. The zero Config is the usual one.
type Config struct {
	Seed uint64
	// Rate is the number of events in a second of event time, from 1 to 10 M, the published one; 0 is DefaultRate. The fewer, the more windows there are to so
	// many events.
	Rate int64
	// Shuffle is how many events are out of order among themselves: the i-th event of each group of so many is that numbered
	// i·953 modulo Shuffle. 0 and 1 are in order. A multiple of 953 isn't possible: events would come twice.
	Shuffle int64
}

// DefaultRate is the usual number of events in a second of event time: ten million events are 100 s, ten windows of
// the queries, which open and close. At the published 10 M/s they would be 1 s, and no window would close before the end.
const DefaultRate = 100_000

// How the site is.
const (
	firstAuction  = 1000
	firstPerson   = 1000
	firstCategory = 10
	categories    = 5

	people   = 1 // of every group of events so many are people, then so many auctions, and the rest bids
	auctions = 3
	bids     = 46
	group    = people + auctions + bids

	inFlight     = 100  // auctions that are bid for, besides the hot one
	activePeople = 1000 // people who bid and sell, besides the hot ones
	idLead       = 10   // so many of the next auctions and people are bid for, and bid, before they come

	hotAuctions = 2 // 1 of so many bids is not for the hot auction
	hotSellers  = 4 // 1 of so many auctions is not by the hot seller
	hotBidders  = 4 // 1 of so many bids is not by the hot bidder
	hotEvery    = 100

	hotChannelBids = 2 // 1 of so many bids is not from one of the four hot channels

	personBytes  = 200 // about; the extra text makes up for what the others lack
	auctionBytes = 500
	bidBytes     = 100
)

// baseTime is the event time of the first event, in ms: 2015-07-15 00:00 UTC.
var baseTime = time.Date(2015, 7, 15, 0, 0, 0, 0, time.UTC).UnixMilli()

func (c Config) withDefaults() (Config, error) {
	if c.Rate == 0 {
		c.Rate = DefaultRate
	}
	if c.Shuffle == 0 {
		c.Shuffle = 1
	}
	switch {
	case c.Rate < 1 || c.Rate > 10_000_000:
		return c, fmt.Errorf("%d events in a second of event time; there can be 1 to 10,000,000", c.Rate)
	case c.Shuffle < 1 || c.Shuffle > 1_000_000_000 || c.Shuffle%953 == 0:
		return c, fmt.Errorf("groups of %d events out of order; there can be 1 to 1,000,000,000, but no multiple of 953", c.Shuffle)
	}
	return c, nil
}

// number is the number of the n-th event that comes.
func (c Config) number(n int64) int64 {
	return n - n%c.Shuffle + n%c.Shuffle*953%c.Shuffle
}

// timeOf is the event time of event e in ms, rounded down.
func (c Config) timeOf(e int64) int64 { return baseTime + e*1000/c.Rate }

// kindOf is what event e is: in a group of 50 events,
//
//	e mod 50   0       1 2 3     4 … 49
//	           person  auctions  bids
func kindOf(e int64) int {
	switch r := e % group; {
	case r < people:
		return Person
	case r < people+auctions:
		return Auction
	}
	return Bid
}

// lastPerson is how many people came before the last one that has come by event e, who may be e itself.
func lastPerson(e int64) int64 { return e/group*people + min(e%group, people-1) }

// lastAuction is how many auctions came before the last one that has come by event e; −1 if there is none yet.
func lastAuction(e int64) int64 {
	r := e % group
	if r < people {
		return e/group*auctions - 1
	}
	return e/group*auctions + min(r-people, auctions-1)
}

package nexmark

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// person appends a person, without dateTime.
func (g *Generator) person(e int64, r *random, to []*vec.Builder) {
	t := g.texts
	vec.AppendFixed(to[0], firstPerson+lastPerson(e))
	name := pick(r, firstNames[:]) + " " + pick(r, lastNames[:])
	to[1].AppendString(name)
	email := string(t.words(r, 7, ' ')) + "@" + string(t.words(r, 5, ' ')) + ".com"
	to[2].AppendString(email)
	card := creditCard(r)
	to[3].AppendBytes(card[:])
	city, state := pick(r, cities[:]), pick(r, states[:])
	to[4].AppendString(city)
	to[5].AppendString(state)
	to[6].AppendBytes(t.extra(r, 8+len(name)+len(email)+len(card)+len(city)+len(state), personBytes))
}

// creditCard is "1234 5678 9012 3456".
func creditCard(r *random) (card [19]byte) {
	for i := range card {
		card[i] = ' '
	}
	for from := 0; from < len(card); from += 5 {
		number := r.below(10_000)
		for i := from + 3; i >= from; i-- {
			card[i] = byte('0' + number%10)
			number /= 10
		}
	}
	return card
}

// auction appends an auction, without dateTime.
func (g *Generator) auction(e int64, r *random, to []*vec.Builder) {
	t := g.texts
	seller := hot(lastPerson(e))
	if !r.unlike(hotSellers) {
		seller = anyPerson(e, r)
	}
	category := firstCategory + r.below(categories)
	initial := r.price()
	expires := g.config.timeOf(e) + g.length(e, r)
	vec.AppendFixed(to[0], firstAuction+lastAuction(e))
	item := t.words(r, 20, ' ')
	size := 6*8 + len(item)
	to[1].AppendBytes(item)
	description := t.words(r, 100, ' ')
	size += len(description)
	to[2].AppendBytes(description)
	vec.AppendFixed(to[3], initial)
	vec.AppendFixed(to[4], initial+r.price())
	vec.AppendFixed(to[5], expires)
	vec.AppendFixed(to[6], firstPerson+seller)
	vec.AppendFixed(to[7], category)
	to[8].AppendBytes(t.extra(r, size, auctionBytes))
}

// length is how long an auction lasts, in ms: on average as long as it takes until inFlight more have come.
func (g *Generator) length(e int64, r *random) int64 {
	horizon := g.config.timeOf(e+inFlight*group/auctions) - g.config.timeOf(e)
	return 1 + r.below(max(2*horizon, 1))
}

// bid appends a bid, without dateTime.
func (g *Generator) bid(e int64, r *random, to []*vec.Builder) {
	auction := hot(lastAuction(e))
	if !r.unlike(hotAuctions) {
		first := max(lastAuction(e)-inFlight, 0)
		auction = first + r.below(lastAuction(e)-first+1+idLead)
	}
	bidder := hot(lastPerson(e)) + 1 // the second of its hundred, so that the hot bidder isn't the hot seller
	if !r.unlike(hotBidders) {
		bidder = anyPerson(e, r)
	}
	vec.AppendFixed(to[0], firstAuction+auction)
	vec.AppendFixed(to[1], firstPerson+firstPerson+bidder) // twice, as published: see the package's doc
	vec.AppendFixed(to[2], r.price())
	channels := g.texts.hot
	if !r.unlike(hotChannelBids) {
		channels = g.texts.channels
	}
	from := &channels[r.below(int64(len(channels)))]
	to[3].AppendString(from.name)
	to[4].AppendString(from.url)
	to[5].AppendBytes(g.texts.extra(r, 4*8, bidBytes))
}

// hot is the first of its hundred.
func hot(n int64) int64 { return n - n%hotEvery }

// anyPerson is one of those who are active, or of the next few to come.
func anyPerson(e int64, r *random) int64 {
	all := lastPerson(e) + 1
	active := min(all, activePeople)
	return all - active + r.below(active+idLead)
}

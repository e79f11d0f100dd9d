package nexmark

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// rows is events by their kind, and their columns by name.
type rows [3]map[string]*vec.Vec

// events is those from one number to another, made in one piece.
func events(t *testing.T, c Config, from, to int64) rows {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	var out rows
	names := Schema().Names()
	for _, b := range g.Events(from, to) {
		kind := vec.Of[int32](b.Cols[0])[0]
		out[kind] = map[string]*vec.Vec{}
		for i, name := range names {
			if b.Cols[i].N != b.N {
				t.Fatalf("column %s has %d rows of %d", name, b.Cols[i].N, b.N)
			}
			own, isOwn := strings.CutPrefix(name, kinds[kind]+"_")
			if isOwn || i < 2 {
				out[kind][own] = b.Cols[i]
			} else if n := b.Cols[i].NullCount(nil); n != b.N {
				t.Errorf("column %s of a %s has values", name, kinds[kind])
			}
		}
	}
	return out
}

func (r rows) ints(kind int, name string) []int64 { return vec.Of[int64](r[kind][name]) }

func TestProportionsAndIDs(t *testing.T) {
	r := events(t, Config{}, 0, 100_000)
	for kind, want := range []int{2_000, 6_000, 92_000} {
		if n := r[kind]["dateTime"].N; n != want {
			t.Errorf("%d of kind %s, want %d", n, kinds[kind], want)
		}
	}
	for kind, first := range map[int]int64{Person: firstPerson, Auction: firstAuction} {
		for i, id := range r.ints(kind, "id") {
			if id != first+int64(i) {
				t.Fatalf("%s %d has the id %d", kinds[kind], i, id)
			}
		}
	}
}

// TestChoices: whom auctions and bids are by and for, by the definition read backwards, from the rows.
func TestChoices(t *testing.T) {
	const from, to = 1_000_000, 1_500_000
	r := events(t, Config{Seed: 3}, from, to)
	hot := 0
	for i, seller := range r.ints(Auction, "seller") {
		person := r.ints(Auction, "id")[i] - firstAuction // three auctions a person
		person /= 3
		last := person + firstPerson
		if seller == last/100*100 {
			hot++
		}
		if seller > last+idLead || seller <= last-activePeople {
			t.Fatalf("auction by %d when the last person was %d", seller, last)
		}
	}
	share(t, "auctions by the hot seller", hot, r[Auction]["seller"].N, 0.75)
	hotAuction, hotBidder := 0, 0
	bidders := r.ints(Bid, "bidder")
	for i, auction := range r.ints(Bid, "auction") {
		groups := int64(from/group + i/bids) // before that of the bid
		last, lastPerson := firstAuction+groups*3+2, 2*firstPerson+groups
		if auction == last/100*100 {
			hotAuction++
		}
		if auction > last+idLead || auction < last-inFlight && auction != last/100*100 {
			t.Fatalf("bid for %d when the last auction was %d", auction, last)
		}
		if bidders[i] == lastPerson/100*100+1 {
			hotBidder++
		}
		if bidders[i] > lastPerson+idLead || bidders[i] <= lastPerson-activePeople {
			t.Fatalf("bid by %d when the last person was %d", bidders[i], lastPerson)
		}
	}
	share(t, "bids for the hot auction", hotAuction, len(bidders), 0.5+0.5/111*0.99)
	share(t, "bids by the hot bidder", hotBidder, len(bidders), 0.75+0.25/1010)
}

// share checks that n of all are about a share: within five standard deviations, and 0.5 %.
func share(t *testing.T, what string, n, all int, want float64) {
	t.Helper()
	got := float64(n) / float64(all)
	if math.Abs(got-want) > 0.005+5*math.Sqrt(want*(1-want)/float64(all)) {
		t.Errorf("%s: %.4f of all, want %.4f", what, got, want)
	}
}

func TestValues(t *testing.T) {
	r := events(t, Config{Seed: 4}, 0, 200_000)
	var digits [10]int
	for _, price := range r.ints(Bid, "price") {
		if price < 100 || price > 100_000_000 {
			t.Fatalf("price %d", price)
		}
		digits[len(strconv.FormatInt(price, 10))]++
	}
	for n := 3; n <= 8; n++ {
		share(t, "prices by digits", digits[n], r[Bid]["price"].N, 1.0/6)
	}
	named, withID := 0, 0
	for i := range r[Bid]["channel"].N {
		channel, url := string(r[Bid]["channel"].Str(i)), string(r[Bid]["url"].Str(i))
		if !strings.HasPrefix(url, "https://www.nexmark.com/") || strings.Count(url, "/") != 6 || !strings.Contains(url, "/item.htm?query=1") {
			t.Fatalf("url %s", url)
		}
		if strings.HasPrefix(channel, "channel-") {
			named++
			if strings.Contains(url, "&channel_id=") {
				withID++
			}
		}
	}
	share(t, "bids of channels that aren't hot", named, r[Bid]["channel"].N, 0.5)
	share(t, "those with a channel_id", withID, named, 0.9)
	share(t, "bytes of bids' extra texts", total(r[Bid]["extra"]), 100*r[Bid]["extra"].N, 0.675)
	for i, category := range r.ints(Auction, "category") {
		if category < 10 || category > 14 || r.ints(Auction, "reserve")[i] < r.ints(Auction, "initialBid")[i]+100 {
			t.Fatalf("auction %d: category %d, initial bid %d, reserve %d", i, category, r.ints(Auction, "initialBid")[i], r.ints(Auction, "reserve")[i])
		}
	}
	oregon := 0
	for i := range r[Person]["state"].N {
		if string(r[Person]["state"].Str(i)) == "OR" {
			oregon++
		}
		if card := r[Person]["creditCard"].Str(i); len(card) != 19 || bytes.Count(card, []byte(" ")) != 3 {
			t.Fatalf("credit card %q", card)
		}
	}
	share(t, "people in Oregon", oregon, r[Person]["state"].N, 1.0/6)
}

func total(v *vec.Vec) int { return int(v.Offsets[v.N] - v.Offsets[0]) }

func TestTimes(t *testing.T) {
	c := Config{Rate: 10_000}
	r := events(t, c, 0, 10_000)
	bidTimes := r.ints(Bid, "dateTime")
	if first := bidTimes[0] - baseTime; first != 0 || bidTimes[len(bidTimes)-1]-baseTime != 999 {
		t.Errorf("bids begin at %d ms and end at %d, want 0 and 999", first, bidTimes[len(bidTimes)-1]-baseTime)
	}
	sum, n := int64(0), int64(0)
	for i, at := range r.ints(Auction, "dateTime") {
		long := r.ints(Auction, "expires")[i] - at
		if long < 1 || long > 2*167 {
			t.Fatalf("an auction of %d ms", long)
		}
		sum, n = sum+long, n+1
	}
	if mean := float64(sum) / float64(n); math.Abs(mean-167) > 20 { // 1,666 events
		t.Errorf("auctions are %f ms long, want 167", mean)
	}
}

// TestShuffle: each group has its events, in the published order.
func TestShuffle(t *testing.T) {
	c, err := Config{Shuffle: 1000}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if got := []int64{c.number(0), c.number(1), c.number(2), c.number(1001), c.number(999)}; got[0] != 0 || got[1] != 953 || got[2] != 906 || got[3] != 1953 || got[4] != 47 {
		t.Errorf("events come as %v", got)
	}
	a, b := events(t, Config{}, 0, 3_000), events(t, Config{Shuffle: 1000}, 0, 3_000)
	for kind := range a {
		for name := range a[kind] {
			if total1, total2 := checksum(a[kind][name]), checksum(b[kind][name]); total1 != total2 {
				t.Errorf("%s.%s has other values when shuffled", kinds[kind], name)
			}
		}
	}
}

// checksum doesn't depend on the order.
func checksum(v *vec.Vec) (sum uint64) {
	for i := range v.N {
		h := randomOf(0, 0)
		for _, c := range []byte(fmt.Sprint(v.Scalar(i))) {
			h = random(h.next() + uint64(c))
		}
		sum += h.next()
	}
	return sum
}

// TestAnyStretch: events are the same in whatever pieces they are made, and others with another seed.
func TestAnyStretch(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	whole, err := New(Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	count(want, whole.Events(5_000, 10_000), 1)
	for at := int64(5_000); at < 10_000; {
		to := min(at+1+rng.Int64N(700), 10_000)
		g, err := New(Config{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		count(want, g.Events(at, to), -1)
		at = to
	}
	for row, n := range want {
		if n != 0 {
			t.Fatalf("seed %d: in pieces a row is there %d times less: %s", seed, n, row)
		}
	}
}

func TestSeeds(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(2) {
		g, err := New(Config{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		count(counts, g.Events(0, 1_000), 1)
	}
	if len(counts) != 2_000 {
		t.Errorf("of 2,000 events of two seeds %d are different", len(counts))
	}
}

// count counts rows by their text.
func count(rows map[string]int, batches []*vec.Batch, d int) {
	for _, b := range batches {
		for i := range b.N {
			var text strings.Builder
			for _, v := range b.Cols {
				text.WriteString(fmt.Sprint(v.Scalar(i)) + "|")
			}
			rows[text.String()] += d
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []Config{{Rate: -1}, {Rate: 20_000_000}, {Shuffle: -1}, {Shuffle: 953}, {Shuffle: 1906}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	g, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		g.Events(0, 50_000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/50_000, "ns/event")
}

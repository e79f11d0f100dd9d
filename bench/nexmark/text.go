package nexmark

import (
	"bytes"
	"math/bits"
	"strconv"
)

// texts is where texts are taken from.
type texts struct {
	letters  []byte // what extra texts are pieces of
	channels []channel
	hot      []channel
	word     []byte // reused
}

// channel is where a bid came from, and the page.
type channel struct{ name, url string }

const (
	letterBytes  = 1 << 20
	channelCount = 10_000
)

var (
	hotChannels = [...]string{"Google", "Facebook", "Baidu", "Apple"}
	states      = [...]string{"AZ", "CA", "ID", "OR", "WA", "WY"}
	cities      = [...]string{"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"}
	firstNames  = [...]string{"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"}
	lastNames   = [...]string{"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"}
)

// newTexts makes the texts that all events share.
func newTexts(seed uint64) *texts {
	r := randomOf(seed, -1)
	t := &texts{letters: make([]byte, letterBytes), channels: make([]channel, channelCount)}
	for i := range t.letters {
		t.letters[i] = byte('a' + r.below(26))
	}
	for _, name := range hotChannels {
		t.hot = append(t.hot, channel{name, t.page(&r)})
	}
	for i := range t.channels {
		url := t.page(&r)
		if r.unlike(10) {
			id := int32(bits.Reverse32(uint32(i)))
			url += "&channel_id=" + strconv.Itoa(int(max(id, -id)))
		}
		t.channels[i] = channel{"channel-" + strconv.Itoa(i), url}
	}
	return t
}

// page is the address of a page: "https://www.nexmark.com/abc/_bcd/cde/item.htm?query=1".
func (t *texts) page(r *random) string {
	url := "https://www.nexmark.com/"
	for range 3 {
		url += string(t.words(r, 5, '_')) + "/"
	}
	return url + "item.htm?query=1"
}

// words is 3 to most−1 letters with a separator in 1 of 13 places, those at the ends cut off if they are spaces. It is valid
// until the next call.
func (t *texts) words(r *random, most int64, separator byte) []byte {
	n := 3 + r.below(most-3)
	t.word = t.word[:0]
	for range n {
		c := byte('a' + r.below(26))
		if !r.unlike(13) {
			c = separator
		}
		t.word = append(t.word, c)
	}
	return bytes.Trim(t.word, " ")
}

// extra is as many letters, ± 20 %, as a row of size bytes lacks to have most.
func (t *texts) extra(r *random, size, most int) []byte {
	lack := most - size
	if lack < 0 {
		return nil
	}
	n, spread := lack, (lack+2)/5 // a fifth, rounded
	if spread > 0 {
		n += int(r.below(int64(2*spread))) - spread
	}
	at := int(r.below(int64(letterBytes - n)))
	return t.letters[at : at+n]
}

// pick is one of a list.
func pick(r *random, from []string) string { return from[r.below(int64(len(from)))] }

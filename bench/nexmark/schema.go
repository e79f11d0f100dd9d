package nexmark

import (
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
)

// What an event is: its event_type.
const (
	Person = iota
	Auction
	Bid
)

// clock is the type of event times: milliseconds, as published.
var clock = vec.TTimestamp(vec.Milli)

// The columns that only one kind of events has, by their names in its view.
var fieldsOf = [...][]pw.Field{
	Person: {
		{Name: "id", Type: pw.TInt64},
		{Name: "name", Type: pw.TString},
		{Name: "emailAddress", Type: pw.TString},
		{Name: "creditCard", Type: pw.TString},
		{Name: "city", Type: pw.TString},
		{Name: "state", Type: pw.TString},
		{Name: "extra", Type: pw.TString},
	},
	Auction: {
		{Name: "id", Type: pw.TInt64},
		{Name: "itemName", Type: pw.TString},
		{Name: "description", Type: pw.TString},
		{Name: "initialBid", Type: pw.TInt64},
		{Name: "reserve", Type: pw.TInt64},
		{Name: "expires", Type: clock},
		{Name: "seller", Type: pw.TInt64},
		{Name: "category", Type: pw.TInt64},
		{Name: "extra", Type: pw.TString},
	},
	Bid: {
		{Name: "auction", Type: pw.TInt64},
		{Name: "bidder", Type: pw.TInt64},
		{Name: "price", Type: pw.TInt64},
		{Name: "channel", Type: pw.TString},
		{Name: "url", Type: pw.TString},
		{Name: "extra", Type: pw.TString},
	},
}

var kinds = [...]string{Person: "person", Auction: "auction", Bid: "bid"}

// Schema is the columns of a stream of events: event_type, dateTime, and those of people, auctions and bids, as "person_id",
// which are NULL in other events.
func Schema() *pw.Schema {
	fields := []pw.Field{{Name: "event_type", Type: pw.TInt32}, {Name: "dateTime", Type: clock}}
	for kind, own := range fieldsOf {
		for _, f := range own {
			f.Name, f.Nullable = kinds[kind]+"_"+f.Name, true
			fields = append(fields, f)
		}
	}
	return pw.NewSchema(fields...)
}

// Stream is a stream of events, and its three views.
type Stream struct{ events *pw.Table }

// Delay is how far out of order events may be, as published.
const Delay = 4 * time.Second

// StreamOf is the stream of a table of events.
func StreamOf(events *pw.Table) Stream { return Stream{events} }

// Timed is the stream with the watermark that is published: no event is expected with a dateTime more than Delay before the latest.
func (s Stream) Timed() Stream { return Stream{s.events.Watermark("dateTime", Delay)} }

// Person is the view of people: id, name, emailAddress, creditCard, city, state, extra, dateTime.
func (s Stream) Person() *pw.Table { return s.view(Person) }

// Auction is the view of auctions: id, itemName, description, initialBid, reserve, expires, seller, category, extra, dateTime.
func (s Stream) Auction() *pw.Table { return s.view(Auction) }

// Bid is the view of bids: auction, bidder, price, channel, url, extra, dateTime.
func (s Stream) Bid() *pw.Table { return s.view(Bid) }

func (s Stream) view(kind int) *pw.Table {
	var columns []any
	for _, f := range fieldsOf[kind] {
		columns = append(columns, pw.Col(kinds[kind]+"_"+f.Name).As(f.Name))
	}
	return s.events.Filter(pw.Col("event_type").Eq(kind)).Select(append(columns, pw.Col("dateTime"))...)
}

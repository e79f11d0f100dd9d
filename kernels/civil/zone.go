package civil

import (
	"fmt"
	"sync"
	"time"
)

// zones remembers the locations that were loaded, by name: loading one reads a file. It is a memo of a pure
// function and holds only names that exist, of which there are some hundreds.
var zones sync.Map // string → *time.Location

// Zone is the location of that name: an IANA name such as "Europe/Vienna", "" and "UTC" for UTC, or a fixed offset
// such as "+05:30", which Arrow allows too.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "UTC" {
		return time.UTC, nil
	}
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := loadZone(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, loc)
	return loc, nil
}

func loadZone(name string) (*time.Location, error) {
	if t, err := time.Parse("-07:00", name); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(name, offset), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("there is no time zone %q: expected an IANA name such as Europe/Vienna, or an offset such as +01:00", name)
	}
	return loc, nil
}

// Offset is how many seconds the clocks of loc are ahead of UTC at that second since 1970.
func Offset(loc *time.Location, second int64) int64 {
	if loc == time.UTC {
		return 0
	}
	_, offset := time.Unix(second, 0).In(loc).Zone()
	return int64(offset)
}

package civil_test

import (
	"testing"
	"time"

	"github.com/pwcol/pwcol/kernels/civil"
)

// TestEveryDayAgainstPackageTime walks from 801 BC to 3199, two eras of the calendar on each side of its 400 years.
func TestEveryDayAgainstPackageTime(t *testing.T) {
	at := time.Date(-800, 1, 1, 0, 0, 0, 0, time.UTC)
	for ; at.Year() < 3200; at = at.AddDate(0, 0, 1) {
		days := at.Unix() / civil.DaySeconds
		year, month, day := civil.Date(days)
		if int(year) != at.Year() || month != int(at.Month()) || day != at.Day() {
			t.Fatalf("Date(%d) = %d-%d-%d, want %s", days, year, month, day, at)
		}
		if got := civil.Days(year, month, day); got != days {
			t.Fatalf("Days(%d, %d, %d) = %d, want %d", year, month, day, got, days)
		}
		if !civil.Valid(year, month, day) {
			t.Fatalf("%s is not valid", at)
		}
	}
}

func TestFarDaysComeBack(t *testing.T) {
	for days := int64(-1 << 46); days < 1<<46; days += 1<<33 + 12345 {
		year, month, day := civil.Date(days)
		if got := civil.Days(year, month, day); got != days {
			t.Fatalf("day %d is %d-%d-%d, which is day %d", days, year, month, day, got)
		}
	}
}

func TestValid(t *testing.T) {
	for _, c := range []struct {
		year       int64
		month, day int
	}{{2023, 2, 29}, {1900, 2, 29}, {2024, 2, 30}, {2024, 4, 31}, {2024, 0, 1}, {2024, 13, 1}, {2024, 1, 0}, {2024, 1, 32}} {
		if civil.Valid(c.year, c.month, c.day) {
			t.Errorf("%v is valid", c)
		}
	}
}

func TestZones(t *testing.T) {
	for name, want := range map[string]int64{
		"": 0, "UTC": 0, "+05:30": 19800, "-03:30": -12600, "Europe/Vienna": 3600, "America/New_York": -18000,
	} {
		for range 2 { // loaded, then remembered
			loc, err := civil.Zone(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := civil.Offset(loc, 1700000000); got != want {
				t.Errorf("%q: offset %d, want %d", name, got, want)
			}
		}
	}
	for _, name := range []string{"Local", "Mars/Olympus", "../../etc/passwd", "+25:00x"} {
		if loc, err := civil.Zone(name); err == nil {
			t.Errorf("%q: %v", name, loc)
		}
	}
}

func BenchmarkDate(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		civil.Date(int64(i) & 0xffff)
	}
}

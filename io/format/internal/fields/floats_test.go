package fields

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// padded is a buffer with text in [from, to), a delimiter behind it and room around.
func padded(text string) (buf []byte, from, to int) {
	buf = append([]byte("\n"+text+","), make([]byte, Pad)...)
	return buf, 1, 1 + len(text)
}

// TestFloatsAgainstStrconv parses numbers of all lengths, and those next to where rounding turns.
func TestFloatsAgainstStrconv(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 400_000 {
		text := randomNumber(rng)
		buf, from, to := padded(text)
		got, ok := ParseFloat(buf, from, to)
		if !ok {
			if digits := len(strings.Trim(text, "-")); digits <= maxUint && text != "." {
				t.Fatalf("seed %d: %s is not parsed", seed, text)
			}
			continue
		}
		want, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("seed %d: %s is %x, want %x (%v)", seed, text, got, want, err)
		}
	}
}

func randomNumber(rng *rand.Rand) string {
	switch rng.IntN(6) {
	case 0: // as the seed workload has them
		return strconv.FormatFloat(rng.Float64()*1000, 'f', -1, 64)
	case 1:
		return strconv.FormatFloat((rng.Float64()-0.5)*math.Pow(10, float64(rng.IntN(18))), 'f', rng.IntN(12), 64)
	case 2: // halfway between two floats, exactly or nearly
		x := math.Ldexp(float64(1<<52+rng.Uint64N(1<<52)), -rng.IntN(60))
		mid := strconv.FormatFloat(x, 'f', 20, 64)
		return mid[:min(len(mid), 2+rng.IntN(20))]
	case 3: // binary fractions: exact, and ties
		return strconv.FormatFloat(float64(rng.Uint64N(1<<20))/float64(uint64(1)<<rng.IntN(16)), 'f', -1, 64)
	case 4: // integers around 2^53, where every other one is a tie
		return strconv.FormatUint(1<<53+rng.Uint64N(1<<uint(4+rng.IntN(58))), 10)
	}
	digits := make([]byte, 1+rng.IntN(20))
	for i := range digits {
		digits[i] = byte('0' + rng.IntN(10))
	}
	text := string(digits)
	if at := rng.IntN(len(text) + 3); at <= len(text) {
		text = text[:at] + "." + text[at:]
	}
	if rng.IntN(2) == 0 {
		text = "-" + text
	}
	if strings.Trim(text, "-.") == "" {
		return "0"
	}
	return text
}

// TestNotNumbers lists what the fast ways must leave to others.
func TestNotNumbers(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", "-.", "1.2.3", "1..2", "12a", "a12", "1 ", " 1", "1e5", "+1", "0x10", "1_000", "--1", "1-", "12345678x", "1.12345678x", "1.1234567890x12",
		"12345678901234567890", "1.2345678901234567890", "nan", "inf", "１",
	} {
		buf, from, to := padded(text)
		if x, ok := ParseFloat(buf, from, to); ok {
			t.Errorf("ParseFloat(%q) = %v", text, x)
		}
	}
}

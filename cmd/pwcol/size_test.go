package main

import "testing"

func TestSize(t *testing.T) {
	for text, want := range map[string]size{
		"1": 1, "4096": 4096, "4096B": 4096, "512MB": 512e6, "512 mb": 512e6, "8GB": 8e9, "8g": 8e9, "1.5GiB": 3 << 29,
		"1KiB": 1024, "2k": 2000, "1T": 1e12, " 7 TiB ": 7 << 40,
	} {
		var s size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q is %d, not %d: %v", text, s, want, err)
		}
	}
	for _, text := range []string{"", "MB", "-1MB", "0", "1XB", "lots", "1e30", "NaN", "Inf", "1.5.5GB", "1BG", "9e9T"} {
		var s size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, s)
		}
	}
}

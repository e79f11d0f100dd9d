package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

// putSum puts the right checksum on a segment's header.
func putSum(b []byte) { binary.LittleEndian.PutUint32(b[12:], headerSum(b)) }

// writeLog is a log of a few segments, with its frames. It is closed, or its run is killed once the last group is vouched for.
func writeLog(t *testing.T, d *crashdisk.Disk, rng *rand.Rand) (frames []string, closed bool) {
	t.Helper()
	epoch := int64(0)
	for generation := int64(1); generation <= 2; generation++ {
		l, err := open(d.FS(), testDir, identity(generation), 700)
		must(t, err)
		for range 4 + rng.IntN(4) {
			epoch++
			at := add(t, l, Entry, epoch, strings.Repeat("x", rng.IntN(200)))
			frames = append(frames, text(Frame{Kind: Entry, Epoch: epoch, Payload: nil})) // the payload below
			if rng.IntN(2) == 0 {
				must(t, l.Wait(context.Background(), at))
			}
		}
		if closed = rng.IntN(2) == 0; closed {
			must(t, l.Close())
			continue
		}
		must(t, l.Wait(context.Background(), l.appended))
		synctest.Wait() // for the mark
		d.Kill()
		_ = l.Close()
	}
	return frames, closed
}

// recoverAll reads a log as the next run does: kinds and epochs.
func recoverAll(fsys disk.FS, generation int64) (frames []string, cut Cut, err error) {
	l, err := Open(fsys, testDir, identity(generation))
	if err != nil {
		return nil, Cut{}, err
	}
	err = l.Read(0, func(f Frame) error {
		frames = append(frames, text(Frame{Kind: f.Kind, Epoch: f.Epoch}))
		return nil
	})
	return frames, l.Cut(), errors.Join(err, l.Close())
}

// TestEveryFlippedBitIsFound, wherever it is, with the file's name; but for bits of the mark at the end, without which
// all frames are there.
func TestEveryFlippedBitIsFound(t *testing.T) {
	found, harmless := 0, 0
	for seed := range uint64(*crashes) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			d := crashdisk.New(seed)
			want, closed := writeLog(t, d, rng)
			names, sizes := d.Files()
			i := rng.IntN(len(names))
			bit := rng.Int64N(8 * sizes[i])
			must(t, d.FlipBit(names[i], bit))
			if closed { // else the power would take the mark
				d.Crash()
			}
			got, cut, err := recoverAll(d.FS(), 9)
			var damage *DamageError
			var newer *NewerError
			switch {
			case errors.As(err, &damage) || errors.As(err, &newer):
				found++
				if !strings.Contains(err.Error(), ".log") {
					t.Errorf("seed %d: bit %d of %s: %v", seed, bit, names[i], err)
				}
			case err != nil:
				t.Errorf("seed %d: %v", seed, err)
			default:
				harmless++
				wantFrames(t, got, want...)
				if sizes[i]-bit/8 > 2*frameBytes && cut.Bytes > 0 {
					t.Errorf("seed %d: byte %d of %d of %s: cut %+v", seed, bit/8, sizes[i], names[i], cut)
				}
			}
		})
	}
	if found < 5*harmless {
		t.Errorf("%d found, %d harmless", found, harmless)
	}
}

// TestCutFiles: a file that has lost its end is found if another says how long it was, or its own mark.
func TestCutFiles(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 2))
			d := crashdisk.New(seed)
			writeLog(t, d, rng)
			names, sizes := d.Files()
			i := rng.IntN(len(names) - 1) // not the last: that may be what a crash leaves
			f, err := d.FS().OpenAppend(names[i])
			must(t, err, f.Truncate(rng.Int64N(sizes[i]-frameBytes)))
			var damage *DamageError
			if _, _, err := recoverAll(d.FS(), 9); !errors.As(err, &damage) || !strings.Contains(err.Error(), names[i]) {
				t.Errorf("seed %d: %s cut: %v", seed, names[i], err)
			}
		})
	}
}

// TestTornTailIsTold: what is cut off is named.
func TestTornTailIsTold(t *testing.T) {
	fsys := crashdisk.New(1).FS()
	l := mustOpen(t, fsys, 1)
	add(t, l, Entry, 1, "whole")
	must(t, l.Close())
	f, err := fsys.OpenAppend(segmentPath(testDir, 1))
	must(t, err)
	size, err := f.Size()
	must(t, err)
	_, err = f.Write([]byte("a torn frame"))
	must(t, err)
	got, cut, err := recoverAll(fsys, 2)
	must(t, err)
	wantFrames(t, got, `1/1 ""`)
	if cut != (Cut{Path: segmentPath(testDir, 1), Offset: size, Bytes: 12}) {
		t.Errorf("%+v", cut)
	}
}

// FuzzSegment reads any bytes as a log's only segment, or, with the right checksums, as frames. Whatever it takes for a log is
// read twice the same, and what the next run makes of it too.
func FuzzSegment(f *testing.F) {
	for seed := range uint64(3) {
		d := crashdisk.New(seed)
		l, err := open(d.FS(), testDir, identity(1), segmentBytes)
		must(f, err)
		for epoch := range int64(4) {
			at := add(f, l, Entry, epoch+1, strings.Repeat("x", int(9*epoch)))
			must(f, l.Wait(context.Background(), at))
		}
		must(f, l.Close())
		file, err := d.FS().Open(segmentPath(testDir, 1))
		must(f, err)
		data, err := io.ReadAll(file)
		must(f, err)
		f.Add(data, false)
		f.Add(data, true)
		f.Add(data[:len(data)-40], true)
	}
	f.Fuzz(func(t *testing.T, data []byte, repair bool) {
		if repair && len(data) >= segmentHeader {
			data = repaired(data)
		}
		d := crashdisk.New(1)
		must(t, disk.MkdirAll(d.FS(), testDir), disk.WriteFile(d.FS(), segmentPath(testDir, 1), data))
		first, cut, err := recoverAll(d.FS(), 1<<62)
		if err != nil {
			return
		}
		if cut.Bytes < 0 || cut.Offset+cut.Bytes > int64(len(data)) {
			t.Fatalf("cut %+v of %d", cut, len(data))
		}
		again, _, err := recoverAll(d.FS(), 1<<62+1)
		must(t, err)
		wantFrames(t, again, first...)
	})
}

// repaired is a segment with the checksums that its bytes should have, so that lies get behind them.
func repaired(data []byte) []byte {
	data = bytes.Clone(data)
	copy(data, header{id: identity(1), number: 1, born: segmentHeader}.encode()[:48])
	putSum(data)
	seed := binary.LittleEndian.Uint32(data[12:])
	for at := segmentHeader; at+frameBytes <= len(data); {
		n := padded(int(binary.LittleEndian.Uint32(data[at+24:]) & 0xff))
		if end := at + frameBytes + n; end <= len(data) {
			part := appendFrame(nil, 0, 0, data[at+frameBytes:end])
			copy(data[at+4:at+8], part[4:8])
		}
		seal1(data[at:at+frameBytes], seed)
		at += frameBytes + n
	}
	return data
}

// seal1 puts the right checksum on one header.
func seal1(h []byte, seed uint32) {
	safe := int64(binary.LittleEndian.Uint64(h[16:]))
	whole := append(bytes.Clone(h), make([]byte, padded(int(binary.LittleEndian.Uint32(h[24:])&0xff)))...)
	binary.LittleEndian.PutUint32(whole[24:], binary.LittleEndian.Uint32(h[24:])&0xff)
	seal(whole, seed, safe)
	copy(h, whole)
}

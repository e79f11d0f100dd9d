// Package group turns the values of key columns into dense group ids: the first distinct key
// gets id 0, the next one 1, and so on. What is to be known about a group then lies in flat slices
// that are indexed by its id (package acc).
//
//	groups := group.New([]group.Key{{Type: vec.TString}, {Type: vec.TInt32, Nullable: true}}, group.Options{})
//	ids := make([]uint32, b.Rows())
//	groups.Intern(keyColumns, b.N, b.Sel, ids) // the k-th selected row is of group ids[k]
//	...
//	keys := groups.Keys([]uint32{0, 1, 2})     // the key columns of three groups
//
// Keys are equal when their values are: NULL equals NULL, NaN equals NaN, and −0 equals 0 (it is
// stored as 0). A dictionary column and a plain one with the same values give the same ids, and so do two
// dictionaries in which a value has different codes.
//
// Hashes fold the 128-bit product of two 64-bit words, the idea of wyhash and rapidhash (Wang Yi), and depend
// on the values alone, so a group has the same hash in every table of the same Options: tables are
// split and merged by it. The tables are open addressing with linear probing; short keys lie in the slots (see
// index.go).
package group

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Groups maps keys to dense ids. It is not safe for concurrent use.
type Groups interface {
	// Intern finds or makes the group of every selected row. cols are the key columns, of n rows each; sel are
	// the selected rows, nil for all. ids has one place for each: ids[k] becomes the group of the k-th selected row.
	Intern(cols []*vec.Vec, n int, sel []uint32, ids []uint32)
	// Len is the number of ids that there are: of the groups, and of those removed whose ids were not given away again.
	Len() int
	// Keys are the keys of those groups, in that order, as columns with memory of their own. Columns of strings
	// may be dictionaries.
	Keys(ids []uint32) []*vec.Vec
	// Hash is the hash of a group's key.
	Hash(id uint32) uint64
	// Merge finds or makes the groups src of another table, which was made by New with the same arguments:
	// its group src[k] is this table's dst[k].
	Merge(from Groups, src, dst []uint32)
	// Remove takes out those groups, each of which there is. Their ids mean nothing until they are given to groups that are made later.
	// Cost: about that of finding them; memory of texts comes back when half of it is unused.
	Remove(ids []uint32)
	// Longest is the number of bytes of the longest string among the keys: what a caller needs
	// to know to keep a column of them below 2 GiB.
	Longest() int
	// Bytes is the memory held.
	Bytes() int64
	// Reset forgets all groups and keeps the memory.
	Reset()
}

// Key is a key column's type, and whether it can hold NULLs.
type Key struct {
	Type     vec.Type
	Nullable bool
}

// Options are what tables that are to be merged have in common.
type Options struct {
	Seed    uint64 // of the hash
	Collide bool   // for tests: every hash is 0
}

// New makes the table that suits the key columns:
//
//	key columns                                  table
//	none                                         none: there is one group
//	one string or binary                         Strings: in a slot up to 16 bytes, else in an arena
//	others, values of at most 12 bits together   Packed, and the packed key is the place in an array
//	others, at most 64 bits together             Packed into a word in a slot
//	others, at most 128 bits together            Packed into two words in a slot
//	others                                       Packed into as many words as it takes, behind the id
//
// A packed key holds a column's value in as many bits as its type has, plus one if it can be NULL; of a string it
// holds a 32-bit number that stands for the value in this table. So two strings are one word, and so is
// a timestamp alone that can be NULL: a single column's NULL is kept beside the table. Strings only, of few
// different values, are looked up in an array by their numbers, before any of that.
//
// A dictionary column of strings costs a look into an array a row, since the number of each code is remembered.
//
// A column of lists is made into one of binary first, of the lists' elements one behind the other.
func New(keys []Key, opts Options) Groups {
	if slices.ContainsFunc(keys, isList) {
		return newLists(keys, opts)
	}
	h := newHasher(opts)
	switch {
	case len(keys) == 0:
		return &none{}
	case len(keys) == 1 && keys[0].Type.IsVar():
		return newStrings(keys[0].Type, h)
	default:
		return newPacked(keys, h)
	}
}

// PartitionBits is how many bits of the hash tell the partition.
const PartitionBits = 6

// Partitions is the number of partitions that groups are split into by their hash.
const Partitions = 1 << PartitionBits

// Levels is how often a partition can be split again: each time by the next bits of the hash. The lower
// half of the hash is not used for it, since the tables use that.
const Levels = 32 / PartitionBits

// Partition is the partition that a hash belongs to at a level: 0 is the first split, 1 the split of
// one of its partitions, up to Levels−1.
func Partition(hash uint64, level int) int {
	return int(hash >> (64 - PartitionBits*(level+1)) & (Partitions - 1))
}

package vec

import (
	"sync"
	"sync/atomic"
)

// Budget is the memory that one run may hold: the sum of what its accounts are charged.
// It is safe for concurrent use.
type Budget struct {
	limit int64
	used  atomic.Int64
	peak  atomic.Int64
}

// NewBudget makes a budget of limit bytes; 0 is no limit.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Limit is the number of bytes it was made with, 0 for no limit.
func (b *Budget) Limit() int64 { return b.limit }

// Used is the number of bytes charged now.
func (b *Budget) Used() int64 { return b.used.Load() }

// Peak is the largest number of bytes that were charged at once.
func (b *Budget) Peak() int64 { return b.peak.Load() }

// Over reports whether more is charged than the limit.
func (b *Budget) Over() bool { return b.limit > 0 && b.used.Load() > b.limit }

// Account opens an account of the budget for the owner of that name.
func (b *Budget) Account(name string) *Account { return &Account{Name: name, budget: b} }

func (b *Budget) charge(n int64) {
	used := b.used.Add(n)
	for {
		peak := b.peak.Load()
		if used <= peak || b.peak.CompareAndSwap(peak, used) {
			return
		}
	}
}

// Account is one holder's part of a budget. Charging always succeeds: the holder asks Over
// afterwards and spills, waits or gives up. A nil account counts nothing. It is safe for concurrent use.
type Account struct {
	Name   string // who holds it, for messages
	budget *Budget
	used   atomic.Int64

	mu    sync.Mutex
	dicts map[*Dict]int // charged dictionaries, and how many kept columns refer to each
}

// Charge adds n bytes.
func (a *Account) Charge(n int64) {
	if a == nil || n == 0 {
		return
	}
	a.used.Add(n)
	a.budget.charge(n)
}

// Release takes n bytes off.
func (a *Account) Release(n int64) { a.Charge(-n) }

// Clear takes off all that is charged, dictionaries included: the holder has dropped everything.
func (a *Account) Clear() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dicts = nil
	a.Release(a.used.Load())
}

// hold charges a dictionary (nil: none), unless it is charged already.
func (a *Account) hold(d *Dict) {
	if a == nil || d == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dicts == nil {
		a.dicts = map[*Dict]int{}
	}
	a.dicts[d]++
	if a.dicts[d] == 1 {
		a.Charge(d.Values.Size())
	}
}

// letGo undoes one hold.
func (a *Account) letGo(d *Dict) {
	if a == nil || d == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dicts[d]--
	if a.dicts[d] == 0 {
		delete(a.dicts, d)
		a.Release(d.Values.Size())
	}
}

// Used is the number of bytes charged to this account.
func (a *Account) Used() int64 {
	if a == nil {
		return 0
	}
	return a.used.Load()
}

// Over reports whether the budget is exceeded, by whomever.
func (a *Account) Over() bool { return a != nil && a.budget.Over() }

// Budget is the budget that the account draws on.
func (a *Account) Budget() *Budget { return a.budget }

package bench

import "syscall"

// cpuSeconds is the user and kernel time of this process so far.
func cpuSeconds() float64 {
	self, err := syscall.GetCurrentProcess()
	if err != nil {
		return 0
	}
	var created, exited, kernel, user syscall.Filetime
	if err := syscall.GetProcessTimes(self, &created, &exited, &kernel, &user); err != nil {
		return 0
	}
	const ticksPerSecond = 1e7 // a Filetime counts 100 ns
	return (ticks(kernel) + ticks(user)) / ticksPerSecond
}

func ticks(t syscall.Filetime) float64 {
	return float64(uint64(t.HighDateTime)<<32 | uint64(t.LowDateTime))
}

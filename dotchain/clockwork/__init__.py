"""Time: the clock, ends of reactor turns, sweeps, timers, and log lines held to a rate."""

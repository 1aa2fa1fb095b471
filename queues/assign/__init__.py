"""assign: who gets which item, for how long: slots, leases, skips."""

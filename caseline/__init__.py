"""The house behind the four open rooms: a register of customer requests."""

"""Lists for people: what is asked for, what is found, in which order; SQL over the register that changes nothing."""

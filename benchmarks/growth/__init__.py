"""How the cost of one more row, event, mail or answer grows with what is there already."""

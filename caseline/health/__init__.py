"""How the house is: what waits where and for how long, and what is wrong with it."""

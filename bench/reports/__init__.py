"""How fast reports are made, and that they come out the same."""

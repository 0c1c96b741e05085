"""How fast history is asked, brought up to date and recomputed: `make bench-data`."""

"""Outgoing HTTP: the door, and which addresses it opens to."""

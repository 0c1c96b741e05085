"""Which facing stands on which planned face: shelves first, then positions, then what is left.

numpy besides Polars: alignment is dynamic programming over arrays. Still pure: no clock, no I/O.
"""

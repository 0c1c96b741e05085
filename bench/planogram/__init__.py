"""How well PLANOGRAM_COMPLIANCE finds what is wrong: real shelves, changed on purpose."""

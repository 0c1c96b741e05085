"""How much the door takes: bad bytes, bad photos, floods, and how fast good requests go through."""

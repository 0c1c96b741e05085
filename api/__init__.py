"""HTTP in, HTTP out: the wire-compatible API, media, health and the scene page."""

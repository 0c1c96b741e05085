"""The demo: a client of the platform that shows the whole path on real photos."""

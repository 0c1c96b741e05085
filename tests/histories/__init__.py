"""Random histories of clients, compared with a dictionary."""

"""Several API processes and workers, as on several machines."""

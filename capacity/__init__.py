"""What this machine can do: measured with its own models, and what follows for more machines."""

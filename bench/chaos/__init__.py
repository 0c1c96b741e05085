"""What survives when processes die at random."""

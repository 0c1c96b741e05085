"""What the processes say about themselves: log lines and traces. Knows nothing of ours."""

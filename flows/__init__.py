"""Flows: when and in what order. No SQL text, no array arithmetic."""

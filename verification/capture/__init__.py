"""Capture sessions: who holds one, what they agreed to, which challenge was drawn, and how its answer is judged."""

"""Memory: what happened, in an append-only and chained log that holds no media, no names and no free text."""

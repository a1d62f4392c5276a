"""Memory: what happened, in an append-only log that holds no media, no names and no free text.

In the order in which an entry passes: `log` writes it, `sequencer` gives it its place, `tree` and `nodes` make the
place provable, `publishing` signs checkpoints and hands them to the `witness` and the `anchors`, `records` reads all of
it out, and `verify_log`, which shares nothing with the rest, says whether it still is what was published.
"""

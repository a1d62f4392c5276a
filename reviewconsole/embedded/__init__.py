"""Everything on one machine: PostgreSQL and Valkey from installed packages, keys, and the processes of the site.

Read in this order: `launch` (what `demo` and `up` do, top to bottom), `supervisor`, `environment` (who may hold what),
`keys`, `postgres`, `valkey`, `places`, `process`.
"""

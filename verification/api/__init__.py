"""The edge for relying parties: `Authorization: Bearer <key>` in, JSON out, every error a problem document."""

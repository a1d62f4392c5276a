"""The HTML edge, a file per screen. Views translate: parse, one call into a room, render."""

"""What dies when, and the acts of destroying and erasing. Everything here may be repeated and interrupted."""

"""Worry about a person: incidents, who is on duty for them, and the legal holds that keep sealed media from its end."""

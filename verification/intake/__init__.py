"""Untrusted bytes come in: a submission is read, its pictures made plain, sealed and recorded, or refused whole."""

"""Backups of a whole shop, and the way back: see README.md."""

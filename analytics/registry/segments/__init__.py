"""Segments: what conditions they are made of, and which figures can be narrowed to their people."""

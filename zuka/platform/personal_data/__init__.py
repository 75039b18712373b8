"""What is kept of a person: declared once by each app, then exported and erased by it."""

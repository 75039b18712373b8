"""What leaves, and when; see README.md."""

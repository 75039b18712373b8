"""Shoppers by the hundred, what they shop in, and what they are measured against."""

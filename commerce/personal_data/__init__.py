"""What the shop keeps of people, and how it finds, exports and erases it."""

from commerce.personal_data.declared import declare

__all__ = ["declare"]

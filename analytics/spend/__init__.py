"""What campaigns cost: from a sheet, or from a program."""

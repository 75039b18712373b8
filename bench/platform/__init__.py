"""What the platform costs a request, part by part."""

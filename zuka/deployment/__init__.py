"""Running Zuka on servers: its processes, and what systemd and a proxy need to know of them."""

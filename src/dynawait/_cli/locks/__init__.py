"""Locks of any dialect, as the command line looks at them and holds them."""

"""How each lock client lays out its rows: one module a dialect."""

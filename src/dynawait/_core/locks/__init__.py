"""The lock protocol: coroutines over a table of rows, with compare-and-set."""

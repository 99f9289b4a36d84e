"""The types of the functions that make changes, for both faces; never run.

A `ParamSpec` cannot carry overloads, nor the typed dictionaries of the stub packages.
So they are spelt here, once for both faces; a test holds them to the core functions.
Where the stubs are not installed, a request may be anything.
"""

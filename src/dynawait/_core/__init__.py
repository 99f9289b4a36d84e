"""The core: coroutines that await nothing but their gateway."""

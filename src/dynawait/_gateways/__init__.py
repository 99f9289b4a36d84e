"""The runtimes: the only place that knows an event loop, a thread or a client."""

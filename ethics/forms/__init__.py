"""Forms of the ethics room."""

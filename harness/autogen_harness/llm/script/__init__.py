"""Scripts: turns in order and beside it, and who gets which."""

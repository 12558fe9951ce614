"""What was asked of the model, and what can be asserted of it."""

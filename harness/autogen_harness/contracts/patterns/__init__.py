"""The laws, one file a pattern."""

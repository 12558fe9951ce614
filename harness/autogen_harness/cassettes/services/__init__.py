"""Services that a test can let answer without a file: replies in their real shapes, and a webhook receiver that is real."""

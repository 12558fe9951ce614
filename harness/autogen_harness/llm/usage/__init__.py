"""What a request would cost: tokens, estimated, and prices, pinned."""

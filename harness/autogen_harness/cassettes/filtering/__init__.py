"""Secrets are kept out of cassettes."""

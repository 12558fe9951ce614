"""Requests to the API, for the tests of its rules."""

"""Deterministic, offline, honest tests of AutoGen agents and their tools."""

"""What goes wrong on the way: faults, what clients meet under them, and files of them."""

from __future__ import annotations

"""A worker, as a queue would start it: ``python print_label.py JOB`` prints where the label is. It knows nothing of tests."""

from __future__ import annotations

import sys

import requests

reply = requests.get(f"https://parcels.example.com/v1/labels/{sys.argv[1]}", timeout=5)
sys.stdout.write(f"{reply.json()['label']}\n")

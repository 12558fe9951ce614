"""Profiles of hypothesis that are ready for contracts; their names begin with ours, so that they meet nobody's own."""

from __future__ import annotations

CI = "autogen-harness-ci"
"""The same examples in every run, and no database; a failure of your own tests says how to repeat it."""

NIGHTLY = "autogen-harness-nightly"
"""2,000 examples where the default has 100."""


def register_profiles() -> None:
    """Make both known to hypothesis; they add to the profile that is loaded now, and load nothing.

    Call it in ``conftest.py``; ``--hypothesis-profile=autogen-harness-ci``, or ``settings.load_profile``, loads one then.
    """
    from hypothesis import settings

    settings.register_profile(CI, settings(), derandomize=True, database=None, print_blob=True)
    settings.register_profile(NIGHTLY, settings(), max_examples=2000)

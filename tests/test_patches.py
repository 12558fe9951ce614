"""Patches replace, and restore without a trace, without taking away what others put on top."""

from __future__ import annotations

import pytest

from autogen_harness.patches import Patches


class Base:
    def inherited(self):
        return "inherited"


class Owner(Base):
    value = 1

    def method(self):
        return "method"

    @staticmethod
    def static():
        return "static"

    @classmethod
    def kind(cls):
        return f"class {cls.__name__}"


def louder(original):
    return lambda *args: original(*args).upper()


@pytest.mark.parametrize("name", ["inherited", "method", "static"])
def test_each_kind_of_attribute_is_replaced_and_restored(name):
    """The dictionary of the owner is afterwards what it was: an inherited attribute is inherited again."""
    before = dict(vars(Owner))
    patches = Patches()
    patches.swap(Owner, name, louder)
    assert getattr(Owner(), name)() == name.upper()
    patches.undo()
    assert dict(vars(Owner)) == before
    assert getattr(Owner(), name)() == name


def test_replacements_of_one_name_are_taken_off_newest_first():
    """Each wraps the one below it."""
    patches = Patches()
    for _ in range(3):
        patches.swap(Owner, "value", lambda below: below + 1)
    assert Owner.value == 4
    patches.undo()
    assert Owner.value == 1


def test_what_another_put_on_top_stays():
    """A test's own monkeypatch is not ours to remove."""
    patches = Patches()
    patches.swap(Owner, "value", lambda _: 2)
    Owner.value = 3
    patches.undo()
    assert Owner.value == 3
    Owner.value = 1


def test_undoing_twice_does_nothing():
    """Closing is safe to call again."""
    patches = Patches()
    patches.swap(Owner, "value", lambda _: 2)
    patches.undo()
    Owner.value = 5
    patches.undo()
    assert Owner.value == 5
    Owner.value = 1

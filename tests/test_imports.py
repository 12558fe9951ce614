"""Callbacks at an import, without importing."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import zipfile

import pytest

from autogen_harness.imports import when_imported


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A package that nobody has imported, with two modules; and sys as it was afterwards."""
    package = tmp_path / "shop"
    package.mkdir()
    for name in ("__init__", "stock", "price"):
        (package / f"{name}.py").write_text(f"NAME = {name!r}\n", encoding="utf-8")
    (package / "broken.py").write_text("raise RuntimeError('broken')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    path = list(sys.meta_path)
    yield tmp_path
    assert sys.meta_path == path, "a finder was left behind"
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


def test_the_callback_comes_after_the_import_once(shop):
    """With the module whose body has run; the module looks as if nothing had happened."""
    seen = []
    when_imported("shop.stock", lambda module: seen.append((module.__name__, module.NAME)))
    import shop

    assert seen == []
    importlib.import_module("shop.stock")
    assert "exec_module" not in vars(shop.stock.__loader__)
    importlib.reload(shop.stock)
    assert seen == [("shop.stock", "stock")]


def test_a_module_that_is_imported_already_is_told_at_once(shop):
    """No finder is needed then."""
    importlib.import_module("shop.stock")
    seen = []
    when_imported("shop.stock", seen.append)()
    assert seen == [sys.modules["shop.stock"]]


def test_a_wish_can_be_taken_back(shop):
    """Before the import, and harmlessly after it and twice."""
    seen = []
    forget = when_imported("shop.stock", seen.append)
    forget()
    importlib.import_module("shop.stock")
    forget()
    assert seen == []


def test_several_may_wait_for_one_module(shop):
    """Each is told, once."""
    seen = []
    for number in range(3):
        when_imported("shop.stock", lambda _, number=number: seen.append(number))
    importlib.import_module("shop.stock")
    assert sorted(seen) == [0, 1, 2]


def test_a_module_that_fails_is_not_told_and_waited_for_again(shop):
    """Whoever repairs it and imports it again has it told."""
    seen = []
    when_imported("shop.broken", seen.append)
    with pytest.raises(RuntimeError, match="broken"):
        importlib.import_module("shop.broken")
    assert seen == []
    (shop / "shop" / "broken.py").write_text("NAME = 'mended'\n# longer\n", encoding="utf-8")
    importlib.invalidate_caches()
    assert importlib.import_module("shop.broken").NAME == "mended"
    assert len(seen) == 1


def test_looking_for_a_module_is_not_importing_it(shop):
    """Many ask ``find_spec`` whether a package is there."""
    seen = []
    forget = when_imported("shop.stock", seen.append)
    assert importlib.util.find_spec("shop.stock") is not None
    assert seen == []
    importlib.import_module("shop.stock")
    assert len(seen) == 1
    forget()


def test_a_module_that_is_not_there_is_still_not_there(shop):
    """The finder finds nothing by itself."""
    forget = when_imported("shop.nothing", print)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("shop.nothing")
    forget()


def test_modules_of_one_archive_are_told_apart(tmp_path, monkeypatch):
    """One loader serves a whole zip file, so a module that was only looked for must not be mistaken for the next one."""
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        archive.writestr("zipped_stock.py", "NAME = 'stock'\n")
        archive.writestr("zipped_price.py", "NAME = 'price'\n")
    monkeypatch.syspath_prepend(tmp_path / "shop.zip")
    seen = []
    forget = when_imported("zipped_stock", lambda module: seen.append(module.NAME))
    importlib.util.find_spec("zipped_stock")
    importlib.import_module("zipped_price")
    assert seen == []
    importlib.import_module("zipped_stock")
    assert seen == ["stock"]
    forget()
    for name in ("zipped_stock", "zipped_price"):
        del sys.modules[name]

"""The compiled build: what is compiled, as setup.py lists it."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from dotchain.compiled import COMPILED, VERSION, told

SETUP = Path(__file__).parents[1] / "setup.py"


def modules() -> list[str]:
    """The modules that are compiled where that is wanted."""
    for node in ast.parse(SETUP.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMPILED":
            return list(ast.literal_eval(node.value))
    raise LookupError("setup.py lists nothing")


def source(module: str) -> Path:
    """Where a module is written down."""
    return SETUP.parent / f"{module.replace('.', '/')}.py"


def test_list() -> None:
    """Each is named once, and is there."""
    named = modules()
    assert len(set(named)) == len(named)
    assert [module for module in named if not source(module).is_file()] == []


@pytest.mark.parametrize("module", modules())
def test_together(module: str) -> None:
    """Either all of them are compiled or none, so that one word of C{dotchain --version} is true of all."""
    file = import_module(module).__file__
    assert file is not None
    assert file.endswith(".py") != COMPILED


@pytest.mark.parametrize("module", modules())
def test_constants(module: str) -> None:
    """Constants of a class are declared as such: others are an object's own once it is compiled."""
    assert _undeclared(ast.parse(source(module).read_text("utf-8"))) == []


@pytest.mark.parametrize("module", modules())
def test_abstract(module: str) -> None:
    """
    No class has L{abc.ABC} as a base: compiled, it and all below it share what is known of instances, so
    that C{isinstance} takes one of them for its sibling. mypy sees to what is abstract all the same.
    """
    bases = [
        ast.unparse(base)
        for made in ast.walk(ast.parse(source(module).read_text("utf-8")))
        if isinstance(made, ast.ClassDef)
        for base in [*made.bases, *(each.value for each in made.keywords)]
    ]
    assert not {"ABC", "abc.ABC", "ABCMeta"}.intersection(bases)


@pytest.mark.skipif(COMPILED, reason="it is compiled")
def test_told(tmp_path: Path) -> None:
    """What was installed without compiling tells why; a checkout has nothing to tell."""
    assert told(tmp_path / "interpreted.txt") == ""
    (tmp_path / "interpreted.txt").write_text("no C compiler\n")
    assert told(tmp_path / "interpreted.txt") == " (interpreted: no C compiler)"


@pytest.mark.skipif(not COMPILED, reason="it is interpreted")
def test_toldCompiled(tmp_path: Path) -> None:
    """What is compiled says so, whatever is beside it."""
    (tmp_path / "interpreted.txt").write_text("no C compiler\n")
    assert told(tmp_path / "interpreted.txt") == " (compiled)"
    assert VERSION.endswith(" (compiled)")


def _undeclared(tree: ast.Module) -> list[str]:
    lines = [line for made in ast.walk(tree) if isinstance(made, ast.ClassDef) for line in made.body]
    names = [ast.unparse(line.targets[0]) for line in lines if isinstance(line, ast.Assign)]
    return [name for name in names if name.strip("_(").isupper()]

"""What shells complete, asked of the shells themselves."""

from __future__ import annotations

import subprocess

import pytest

from .daemon import program
from .dotchain import dotchainCommand


@pytest.fixture(scope="module")
def script() -> str:
    """For bash."""
    pytest.importorskip("shtab", reason="shtab is missing")
    done = dotchainCommand("completion", "bash")
    assert done.returncode == 0, done.stderr
    return done.stdout


def completed(script: str, *words: str) -> set[str]:
    """What bash has to offer for the last word."""
    line = " ".join(f"'{word}'" for word in words)
    asked = (
        f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
        'read -ra spec <<< "$(complete -p dotchain)"; '
        'for at in "${!spec[@]}"; do [ "${spec[at]}" = -F ] && '
        '"${spec[at+1]}" dotchain "${COMP_WORDS[COMP_CWORD]}"; done; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [program("bash"), "--norc", "-c", f"{script}\n{asked}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return set(done.stdout.split())


def test_verbs(script: str) -> None:
    """The verbs that begin so."""
    assert completed(script, "dotchain", "up") == {"upstreams"}
    assert completed(script, "dotchain", "d") == {"doctor", "drain"}


def test_options(script: str) -> None:
    """A verb's own options, and its words."""
    assert "--force" in completed(script, "dotchain", "drain", "--")
    assert "--force" not in completed(script, "dotchain", "undrain", "--")
    assert completed(script, "dotchain", "log-level", "w") == {"warn"}


@pytest.mark.parametrize("shell", ["zsh", "fish", "tcsh"])
def test_others(shell: str) -> None:
    """There is one for the others, with all verbs."""
    pytest.importorskip("shtab", reason="shtab is missing")
    done = dotchainCommand("completion", shell)
    assert done.returncode == 0, done.stderr
    assert "log-level" in done.stdout

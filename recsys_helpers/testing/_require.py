"""Requirements whose message says what is wrong, also under ``python -O``."""

from __future__ import annotations

from collections.abc import Callable


def require(condition: object, otherwise: str) -> None:
    """Raise an AssertionError unless the condition holds."""
    if not condition:
        raise AssertionError(otherwise)


def require_refusal(call: Callable[[], object], what: str) -> None:
    """Raise unless the call ends in a ValueError."""
    try:
        call()
    except ValueError:
        return
    except Exception as error:
        raise AssertionError(
            f"{what} must raise a ValueError that says so, not {type(error).__name__}: {error}"
        ) from error
    raise AssertionError(f"{what} must raise a ValueError, but nothing was raised")

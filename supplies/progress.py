"""How a long step tells where it is; a callback that raises StoppedError stops the step."""

from collections.abc import Callable

Progress = Callable[[str, float], None]


def silent(_text: str, _share: float) -> None:
    """Show nothing."""


def stretch(progress: Progress, start: float, end: float) -> Progress:
    """Return a callback that fills one stretch of a bar."""
    return lambda text, share: progress(text, start + (end - start) * share)

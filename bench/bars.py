"""How benchmarks say whether a bar is met: one line each, collected by ``bench/all.py``."""

MARK = "bar:"
"""First word of such a line."""


def bar(name: str, figure: float, limit: float, *, unit: str = "", higher: bool = False) -> str:
    """Print one bar with met or missed; return the line.

    Args:
        name: what was measured.
        figure: what came out.
        limit: the bar.
        unit: of both, such as ``ms`` or ``x``.
        higher: the figure should be at least the limit instead of at most.
    """
    met = figure >= limit if higher else figure <= limit
    sign = "≥" if higher else "≤"
    verdict = "met" if met else "MISSED"
    line = f"{MARK} {name}: {figure:.3g}{unit} (bar {sign} {limit:g}{unit}) {verdict}"
    print(line, flush=True)
    return line

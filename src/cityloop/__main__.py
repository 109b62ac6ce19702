"""Entry of the ``cityloop`` command and of ``python -m cityloop``."""

import gc
import sys

GARBAGE_EVERY = 50_000
"""Objects made before Python looks for unreachable ones; its own 700 costs an eighth of the start, for nothing."""


class _WithoutPandas:
    """Says that there is no pandas: pyarrow loads it wherever it finds it (0.3 s, 60 MB), CityLoop never uses it."""

    def find_spec(self, name: str, *_more: object) -> None:
        """Refuse pandas, leave every other name to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def main() -> None:
    """Run the command line."""
    gc.set_threshold(GARBAGE_EVERY)
    sys.meta_path.insert(0, _WithoutPandas())
    from cityloop.cli import cli

    cli(prog_name="cityloop")


if __name__ == "__main__":
    main()

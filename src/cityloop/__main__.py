"""Entry of the ``cityloop`` command and of ``python -m cityloop``."""

import sys


class _WithoutPandas:
    """Says that there is no pandas: pyarrow loads it wherever it finds it (0.3 s, 60 MB), CityLoop never uses it."""

    def find_spec(self, name: str, *_more: object) -> None:
        """Refuse pandas, leave every other name to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def main() -> None:
    """Run the command line."""
    sys.meta_path.insert(0, _WithoutPandas())
    from cityloop.cli import cli

    cli(prog_name="cityloop")


if __name__ == "__main__":
    main()

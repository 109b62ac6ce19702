"""Build hook of the wheel: makes the web app when its sources changed, asking for Node from PyPI only then."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuildHook(BuildHookInterface):
    """Puts the built pages into ``src/cityloop/site/static`` before files are gathered.

    ``CITYLOOP_SKIP_UI=1`` leaves them out; an sdist carries them, so installing one needs no Node.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what this build needs besides hatchling."""
        web = self._builder()
        if (
            web is None
            or not web.is_stale(self._web, self._static)
            or web.find_node(Path(self.root))
        ):
            return []
        return [web.NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build when stale.

        Raises:
            RuntimeError: there is no Node.
        """
        web = self._builder()
        if web is None or not web.is_stale(self._web, self._static):
            return
        node = web.find_node(Path(self.root))
        if node is None:
            raise web.NoNode(
                f"the web app needs Node ≥ {web.LEAST_NODE} or {web.NODE}; CITYLOOP_SKIP_UI=1 leaves it out"
            )
        web.build(self._web, self._static, node)

    @property
    def _web(self) -> Path:
        return Path(self.root) / "web"

    @property
    def _static(self) -> Path:
        return Path(self.root) / "src" / "cityloop" / "site" / "static"

    def _builder(self) -> ModuleType | None:
        file = self._web / "build.py"
        if not file.is_file():
            return None
        spec = importlib.util.spec_from_file_location("cityloop_web_build", file)
        if spec is None or spec.loader is None:
            return None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

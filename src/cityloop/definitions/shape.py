"""From what pydantic says about a value to problems that a writer of YAML understands."""

import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from cityloop.definitions.problems import (
    BadName,
    BadValue,
    MissingKey,
    NotAllowed,
    UnknownKey,
    WrongType,
)
from cityloop.definitions.yaml_tree import Tree
from cityloop.foundation.definition import Definition, Name, Path, Problem
from cityloop.foundation.errors import CityError, closest

EXPECTED: Mapping[str, str] = {
    "string": "text", "int": "integer", "float": "number", "decimal": "number", "bool": "boolean",
    "list": "list", "tuple": "list", "set": "list", "frozen_set": "list", "iterable": "list",
    "dict": "mapping", "mapping": "mapping", "model": "mapping", "dataclass": "mapping",
    "date": "date", "datetime": "datetime", "time": "time", "none_required": "nothing",
}  # fmt: skip
"""pydantic's word for a type → ours (``definitions.type.*`` in texts.toml)."""

_NAME_PATTERN = TypeAdapter(Name).json_schema()["pattern"]


def validate(model: type[Definition], tree: Tree) -> tuple[Definition | None, list[Problem]]:
    """Return the definition that ``tree`` describes, or None and everything that keeps it from being one."""
    value = tree.value
    if not isinstance(value, dict):
        message = "validate wants the tree of a mapping"
        raise TypeError(message)
    try:
        return model.model_validate({key: value[key] for key in value if key != "kind"}), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    except CityError as error:
        # A validator of the model raised one of ours: pydantic lets it pass as it is.
        return None, [Problem((), error)]
    kept = _of_likeliest_members(details, tree)
    return None, _merged([_problem(model, detail, tree) for detail in kept])


def fields_of(model: type[BaseModel]) -> Sequence[str]:
    """Return the keys that YAML may use for ``model``, aliases instead of Python names."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _problem(model: type[Definition], detail: ErrorDetails, tree: Tree) -> Problem:
    location: Path = tuple(detail["loc"])
    path = tree.known(location)
    key = str(location[-1]) if location else ""
    if detail["type"] == "missing":
        return Problem(path, MissingKey(key=key, where=_dotted(path)))
    if detail["type"] == "extra_forbidden":
        known = [each for m in _models_at(model, location[:-1]) for each in fields_of(m)]
        close = closest(key, known) or known
        return Problem(path, UnknownKey(key=key, close=close, where=_dotted(path[:-1])))
    return Problem(path, _value_error(detail, _dotted(path)))


def _value_error(detail: ErrorDetails, where: str) -> CityError:
    kind, context, value = detail["type"], detail.get("ctx", {}), _shown(detail.get("input"))
    if kind in {"literal_error", "enum"}:
        allowed = _quoted(str(context.get("expected", "")))
        return NotAllowed(key=where, value=value, allowed=allowed)
    if expected := _expected(kind):
        return WrongType(key=where, value=value, expected=expected)
    if kind == "string_pattern_mismatch" and context.get("pattern") == _NAME_PATTERN:
        return BadName(key=where, value=value)
    inner = context.get("error")
    if isinstance(inner, CityError):
        return inner
    reason = kind if kind in _REASONS else str(inner or detail["msg"])
    limits = {name: each for name, each in context.items() if name != "error"}
    return BadValue(**{**limits, "key": where, "value": value, "reason": reason})


_REASONS = frozenset({
    "greater_than", "greater_than_equal", "less_than", "less_than_equal", "string_too_long", "string_too_short",
    "too_short", "too_long", "string_pattern_mismatch",
})  # fmt: skip


def _expected(kind: str) -> str | None:
    stem = kind
    for ending in ("_type", "_parsing", "_attributes_type", "_from_date_parsing", "_from_float"):
        stem = stem.removesuffix(ending)
    stem = stem.removesuffix("_from_date").removesuffix("_from_datetime")
    return EXPECTED.get(stem) if stem != kind or kind == "none_required" else None


def _of_likeliest_members(details: Sequence[ErrorDetails], tree: Tree) -> list[ErrorDetails]:
    """Return the errors without those of union members that the writer did not mean.

    Of the members of one union, the one with the fewest errors counts; equals are all kept.
    """
    groups: dict[Path, dict[str, list[ErrorDetails]]] = {}
    kept = []
    for detail in details:
        location: Path = tuple(detail["loc"])
        union = _union_at(location, tree, missing=detail["type"] == "missing")
        if union is None:
            kept.append(detail)
        else:
            member = str(location[len(union)])
            groups.setdefault(union, {}).setdefault(member, []).append(detail)
    for members in groups.values():
        fewest = min(len(each) for each in members.values())
        deepest = max(len(d["loc"]) for each in members.values() for d in each)
        likely = [each for each in members.values() if len(each) == fewest]
        deep = [each for each in likely if any(len(d["loc"]) == deepest for d in each)]
        kept += [detail for each in (deep or likely) for detail in each]
    return kept


def _union_at(location: Path, tree: Tree, *, missing: bool) -> Path | None:
    """Return the path at which ``location`` steps into a member of a union; None when it does not.

    Such a step exists in types only; so does the last step of a missing key.
    """
    path: Path = ()
    for step in location[:-1] if missing else location:
        if (*path, step) not in tree.places:
            return path
        path = (*path, step)
    return None


def _merged(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with wrong types at one place joined into one."""
    found: dict[tuple[Path, str, str], Problem] = {}
    for problem in problems:
        one = problem.error
        key = (problem.path, one.code, str(one.fields.get("key")))
        known = found.get(key)
        if known is None:
            found[key] = problem
        elif isinstance(one, WrongType):
            words = [*str(known.error.fields["expected"]).split("|"), str(one.fields["expected"])]
            fields = {**one.fields, "expected": "|".join(dict.fromkeys(words))}
            found[key] = Problem(problem.path, WrongType(**fields))
    return list(found.values())


def _models_at(model: type[BaseModel], location: Path) -> list[type[BaseModel]]:
    """Return the models that may stand at ``location``, a place as pydantic names it."""
    types_here: list[Any] = [model]  # Any: type annotations have no common type
    for step in location:
        types_here = [after for each in types_here for after in _step(each, step)]
    return [each for each in _members(types_here) if _is_model(each)]


def _step(annotation: Any, step: str | int) -> Iterable[Any]:  # noqa: ANN401 - annotations have no common type
    for each in _members([annotation]):
        if _is_model(each):
            if each.__name__ == step:  # a step into the member of a union
                yield each
            for name, field in each.model_fields.items():
                if step in (name, field.alias):
                    yield field.annotation
        elif arguments := [a for a in get_args(each) if a is not Ellipsis]:
            yield arguments[-1] if isinstance(step, int) or len(arguments) > 1 else each


def _members(annotations: Iterable[Any]) -> Iterable[Any]:
    for each in annotations:
        if get_origin(each) is Annotated:
            yield from _members(get_args(each)[:1])
        elif get_origin(each) in (Union, types.UnionType):
            yield from _members(get_args(each))
        else:
            yield each


def _is_model(each: object) -> bool:
    return isinstance(each, type) and issubclass(each, BaseModel)


def _quoted(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").replace("'", "").split(", ")


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _shown(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

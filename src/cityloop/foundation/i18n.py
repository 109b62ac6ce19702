"""Texts in Chinese and English, kept in a ``texts.toml`` beside the code that speaks them.

A text has a key (an error code, or ``feature.word``) and both languages; an error's entry also has a hint:

    ["contracts.missing_column"]
    zh = "数据集 {dataset} 的批次缺少列 {column}。"
    en = "A batch for dataset {dataset} lacks the column {column}."
    hint_zh = "批次中有：{found}。请更正来源的列名对应。"
    hint_en = "The batch has: {found}. Correct the column mapping of the source."
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

LANGUAGES: tuple[Literal["zh"], Literal["en"]] = ("zh", "en")
"""Every text exists in each of these."""

_FIELD = re.compile(r"\{(\w+)\}")


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return every text of the package: key → language → template."""
    found: dict[str, dict[str, str]] = {}
    for folder in resources.files("cityloop").iterdir():
        file = folder / "texts.toml"
        if folder.is_dir() and file.is_file():
            for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[key] = {lang: entry[lang] for lang in LANGUAGES}
                found[f"{key}.hint"] = {lang: entry.get(f"hint_{lang}", "") for lang in LANGUAGES}
    return found


def text(key: str, lang: Literal["zh", "en"], fields: Mapping[str, object] | None = None) -> str:
    """Return the text of ``key`` in ``lang`` with its ``{fields}`` filled in; the key itself when unknown.

    Sequences read as a list with the language's comma. A field that is not given stays visible as ``{field}``.
    """
    template = texts().get(key, {}).get(lang, "" if key.endswith(".hint") else key)
    return _FIELD.sub(lambda match: _shown(match, fields or {}, lang), template)


def _shown(match: re.Match[str], fields: Mapping[str, object], lang: str) -> str:
    name = match.group(1)
    if name not in fields:
        return match.group(0)
    value = fields[name]
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if lang == "zh" else ", ").join(str(item) for item in value) or "–"
    return str(value)

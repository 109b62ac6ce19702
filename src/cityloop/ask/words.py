"""The words that hold a question together, in Chinese and English; whatever is not here is content or unread."""

import re
from collections.abc import Callable, Iterator

from cityloop.ask.model import Meaning
from cityloop.ask.numerals import NUMERAL, WORD_END, number
from cityloop.ask.times import grain_of

STOP = (
    "的", "是", "在", "有", "了", "吗", "呢", "请", "请问", "多少", "有多少", "是多少", "几", "查询", "查一下", "查查", "看看", "看一下", "显示", "展示",
    "列出", "给我", "告诉我", "我想知道", "想知道", "我要看", "一下", "情况", "数据", "统计", "分别", "怎么样", "如何", "我",
    "what", "what's", "whats", "is", "are", "was", "were", "the", "a", "an", "of", "in", "on", "at", "for", "show", "me", "give", "tell",
    "list", "how", "many", "much", "number of", "please", "did", "do", "does", "have", "has", "had", "there", "i", "want", "to see",
    "to know", "see", "get", "display", "values", "value", "data", "we", "our", "during", "within", "with", "it", "'s", "and",
)  # fmt: skip
"""Fillers that change nothing; the list is short on purpose, since each could hide a misunderstanding."""

_UNSUPPORTED = (
    ("why", r"为什么|为何|为啥|原因|缘由|why|reasons?|because|due to|caused?"),
    ("forecast", r"预测|预计|预估|未来|将来|明天|明年|后天|下周|下个?月|下季度|forecast|predict(?:ed|ion)?|expected|tomorrow|next \w+|will"),
    ("change", r"同比|环比|同期|增长率?|增幅|增加|减少|降幅|下降|上升|涨幅|year over year|yoy|mom|month over month|growth|grow|grew|increased?|decreased?|changed?"),
    ("exclusion", r"除了?|不含|不包括|排除|以外|之外|不是|不在|非|没有|except|excluding|exclude|without|not|no|other than"),
    ("condition", r"满足|if|where|when"),
)  # fmt: skip

_MEASURE = r"(?:个|名|家|条|座|位|所)"
_UNIT_ZH = r"(?P<unit>小时|天|日|周|星期|季度|季|月|年)"
_UNIT_EN = r"(?P<unit>hour|day|week|month|quarter|year)"
_ADVERB = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annual": "year", "annually": "year",
}  # fmt: skip

_Build = Callable[["re.Match[str]"], tuple[Meaning, ...]]


def words_at(text: str, place: int) -> Iterator[tuple[int, Meaning]]:
    """Yield each function word that starts at ``place``: where it ends, and what it means."""
    for pattern, build in _RULES:
        if match := pattern.match(text, place):
            for meaning in build(match):
                yield match.end(), meaning


def _plain(meaning: Meaning) -> _Build:
    return lambda _match: (meaning,)


def _grain(match: "re.Match[str]") -> tuple[Meaning, ...]:
    word = match["unit"]
    return (Meaning("grain", grain=grain_of(_ADVERB.get(word, word))),)


def _top(*, descending: bool) -> _Build:
    def build(match: "re.Match[str]") -> tuple[Meaning, ...]:
        found = match.groupdict()
        written = found.get("count")
        count = number(written) if written else None
        if written and not count:
            return ()
        unit = found.get("unit")
        grain = grain_of(unit) if unit else None
        return (Meaning("top", count=count, descending=descending, grain=grain),)

    return build


def _operator(name: str) -> _Build:
    return _plain(Meaning("operator", name))


def _number(match: "re.Match[str]") -> tuple[Meaning, ...]:
    text = match[0]
    if "." in text:
        return (Meaning("number", value=float(text)),)
    found = number(text) if len(text) <= 4 or not text.isdigit() else int(text)
    return () if found is None else (Meaning("number", value=found),)


def _rules() -> Iterator[tuple[str, _Build]]:
    most_zh, least_zh = r"最(?:高|多|大|长|严重)", r"最(?:低|少|小|短)"
    most_en = r"(?:highest|most|largest|biggest|greatest|longest)"
    least_en = r"(?:lowest|least|fewest|smallest|shortest)"
    unit = rf"(?P<count>{NUMERAL})?个?{_UNIT_ZH}份?"
    for reason, pattern in _UNSUPPORTED:
        yield pattern, _plain(Meaning("unsupported", reason))
    yield "|".join(map(re.escape, sorted(STOP, key=len, reverse=True))), _plain(Meaning("stop"))
    yield r"不同的?|各个|各自|各|每一个|每个|每|按照|按|分", _plain(Meaning("each"))
    yield r"by|per|for each|in each|each|every|across|(?:group|grouped|broken down|split|sorted|ordered|ranked) by", _plain(Meaning("each"))  # fmt: skip
    yield rf"(?:各|每一?个?|按照?|逐|分){_UNIT_ZH}(?:份|度)?", _grain
    yield rf"{_UNIT_ZH}度?(?=趋势|走势|变化|分布|曲线)", _grain
    yield r"(?P<unit>月|年|季)度", _grain
    yield rf"(?:by|per|each|every|for each|in each) (?:the )?{_UNIT_EN}", _grain
    yield rf"{_UNIT_EN} by (?P=unit)", _grain
    yield rf"(?P<unit>{'|'.join(_ADVERB)})", _grain
    yield r"哪一?个|哪些|哪家|哪几个|哪|which", _plain(Meaning("which"))
    yield rf"哪一?个?{_UNIT_ZH}份?", _grain
    yield rf"(?:which|what) {_UNIT_EN}s?", _grain
    yield rf"(?:排名)?前(?P<count>{NUMERAL}){_MEASURE}?", _top(descending=True)
    yield rf"top ?(?P<count>{NUMERAL})", _top(descending=True)
    yield rf"{most_zh}的?前?(?P<count>{NUMERAL}){_MEASURE}", _top(descending=True)
    yield rf"{least_zh}的?前?(?P<count>{NUMERAL}){_MEASURE}", _top(descending=False)
    yield rf"{most_zh}的?{unit}", _top(descending=True)
    yield rf"{least_zh}的?{unit}", _top(descending=False)
    yield most_zh, _top(descending=True)
    yield least_zh, _top(descending=False)
    yield rf"(?:倒数第?|最后)前?(?P<count>{NUMERAL}){_MEASURE}?", _top(descending=False)
    yield rf"bottom ?(?P<count>{NUMERAL})", _top(descending=False)
    yield rf"(?P<count>{NUMERAL}) {most_en}|{most_en}", _top(descending=True)
    yield rf"(?P<count>{NUMERAL}) {least_en}|{least_en}", _top(descending=False)


def _joints() -> Iterator[tuple[str, _Build]]:
    yield (
        r"从高到低|由高到低|从多到少|从大到小|降序|排名|排行榜?|排序|descending|ranking|ranked",
        _plain(Meaning("order")),
    )
    yield (
        r"从低到高|由低到高|从少到多|从小到大|升序|ascending",
        _plain(Meaning("order", descending=False)),
    )
    yield (
        r"趋势|走势|变化趋势|变化情况|变化|曲线|trends?|over time|time series",
        _plain(Meaning("trend")),
    )
    yield r"和|与|及|以及|跟|还有|and|&", _plain(Meaning("and"))
    yield (
        r"对比|比较|相比|comparison|compared? (?:with|to)|compare|versus|vs\.?",
        _plain(Meaning("compare")),
    )
    yield r"总共|一共|总计|合计|总|共|total|overall|altogether|in total", _plain(Meaning("total"))
    yield r"不低于|不小于|大于等于|至少|>=|at least", _operator(">=")
    yield r"不高于|不超过|不大于|小于等于|至多|<=|at most", _operator("<=")
    yield r"高于|大于|超过|>|above|over|more than|greater than", _operator(">")
    yield r"低于|小于|不足|少于|<|below|under|less than|fewer than", _operator("<")
    yield r"等于|为|是|=|equals?|equal to|is", _operator("=")
    yield rf"\d+(?:\.\d+)?|{NUMERAL}", _number


_RULES = tuple(
    (re.compile(f"(?:{pattern}){WORD_END}"), build) for pattern, build in (*_rules(), *_joints())
)

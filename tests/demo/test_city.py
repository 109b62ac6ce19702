from collections import Counter

import pytest

from cityloop.accounts import DEPARTMENT, ROLE
from cityloop.alerts import ALERT
from cityloop.cases import PROCEDURE
from cityloop.contracts import CODES, DATASET
from cityloop.dashboards import DASHBOARD
from cityloop.definitions.documents import Reader
from cityloop.definitions.folder import read_folder
from cityloop.definitions.model import Draft, references_of
from cityloop.demo import found_city
from cityloop.demo.generation import Planted
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.settings import load_settings
from cityloop.maps import MAP
from cityloop.metrics import METRIC, MODEL, MetricDefinition
from cityloop.policies import POLICY
from cityloop.sources import SOURCE

ALL = (
    DEPARTMENT,
    ROLE,
    CODES,
    SOURCE,
    DATASET,
    POLICY,
    MODEL,
    METRIC,
    MAP,
    DASHBOARD,
    ALERT,
    PROCEDURE,
)
KINDS = {kind.name: kind for kind in ALL}


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    folder = tmp_path_factory.mktemp("founded")
    found_city(folder)
    return read_folder(folder, Reader(KINDS))


@pytest.fixture(scope="module")
def snapshot(draft: Draft) -> Snapshot:
    return Snapshot.of(*[entry.definition for entry in draft.entries])


def test_every_definition_can_be_read(draft: Draft) -> None:
    assert draft.findings == ()


def test_every_definition_is_sound(draft: Draft, snapshot: Snapshot) -> None:
    problems = [
        (entry.file, entry.definition.name, problem.path, str(problem.error))
        for entry in draft.entries
        for problem in KINDS[entry.definition.kind_name].check(entry.definition, snapshot)
    ]
    assert problems == []


def test_every_reference_leads_somewhere(draft: Draft, snapshot: Snapshot) -> None:
    dangling = [
        (entry.file, reference)
        for entry in draft.entries
        for reference in references_of(KINDS, entry.definition)
        if not snapshot.has(reference.kind, reference.name)
    ]
    assert dangling == []


def test_the_city_shows_every_part_of_the_loop(draft: Draft) -> None:
    counts = Counter(entry.definition.kind_name for entry in draft.entries)
    assert counts["metric"] >= 30
    assert counts["dashboard"] >= 3
    assert counts["alert"] >= 6
    assert set(counts) == set(KINDS)


def test_metrics_are_known_by_other_words_in_both_languages(draft: Draft) -> None:
    own = [
        entry.definition
        for entry in draft.entries
        if isinstance(entry.definition, MetricDefinition) and entry.file != "metrics/orders.yaml"
    ]
    mute = [m.name for m in own if not m.synonyms.zh or not m.synonyms.en]
    assert mute == []


def test_no_two_metrics_share_a_word(draft: Draft) -> None:
    words = Counter(
        word
        for entry in draft.entries
        if isinstance(metric := entry.definition, MetricDefinition)
        for word in words_of(metric)
    )
    assert [word for word, count in words.items() if count > 1] == []


def words_of(metric: MetricDefinition) -> set[str]:
    said = (metric.title.zh, metric.title.en, *metric.synonyms.zh, *metric.synonyms.en)
    return {word.casefold() for word in said}


def test_every_export_has_a_dataset_and_a_source(
    snapshot: Snapshot, tiny_city: tuple[object, Planted]
) -> None:
    sources = snapshot.kinds["source"].values()
    fed = {feed.dataset for source in sources for feed in source.feeds}
    assert tiny_city[1].counts.keys() <= fed
    assert fed <= snapshot.kinds["dataset"].keys()


def test_what_somebody_changed_is_kept(tmp_path) -> None:
    first = found_city(tmp_path)
    (tmp_path / "city.yaml").write_text("name: 别的城市\n", encoding="utf-8")
    assert first
    assert found_city(tmp_path) == ()
    assert load_settings(tmp_path, {}).name.zh == "别的城市"

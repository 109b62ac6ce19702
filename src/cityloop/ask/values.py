"""Values that a city's rows contain, learned for each asker from what he may see, and kept while the data is the same."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from cityloop.ask.lexicon import Vocabulary
from cityloop.ask.model import Meaning
from cityloop.foundation.errors import CityError
from cityloop.foundation.principal import Principal
from cityloop.metrics import Metrics, ModelDefinition
from cityloop.metrics.catalogue import Catalogue

MOST_VALUES = 2_000
"""Values of a dimension; one with more is not learned (plates, visit numbers), and naming its values is refused."""
MOST_KEPT = 256
"""Askers whose words are kept; each costs some hundred kilobytes."""

Versions = Callable[[Sequence[str]], Mapping[str, int]]
"""Gives the published version of each dataset named."""


class LearnedValues:
    """Vocabularies of values, one for each asker, definitions and data.

    Args:
        metrics: reads values through the policies.
        versions: says when data has changed.
    """

    def __init__(self, metrics: Metrics, versions: Versions) -> None:
        self._metrics = metrics
        self._versions = versions
        self._known: OrderedDict[object, Vocabulary] = OrderedDict()
        self._lock = Lock()

    def of(self, principal: Principal) -> Vocabulary:
        """Return the values that ``principal`` may see, as words.

        Raises:
            CityError: the read path fails for another reason than permission.
        """
        catalogue = self._metrics.catalogue()
        learnable = _learnable(catalogue)
        datasets = sorted({dataset for each in learnable.values() for dataset in each})
        versions = tuple(sorted(self._versions(datasets).items()))
        key = (principal, catalogue, versions)
        with self._lock:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return known
        found = Vocabulary(
            (value, Meaning("value", dimension, value))
            for dimension in learnable
            for value in self._metrics.values(principal, dimension, MOST_VALUES) or ()
            if value.strip()
        )
        with self._lock:
            self._known[key] = found
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return found


def _learnable(catalogue: Catalogue) -> dict[str, set[str]]:
    """Return the text dimensions without code table, with the datasets whose versions their values depend on."""
    found: dict[str, set[str]] = {}
    for model in catalogue.snapshot.all(ModelDefinition).values():
        for each in model.dimensions:
            try:
                dimension = catalogue.dimension(model.name, each.name)
            except CityError:
                continue  # a broken definition is reported by its own check
            if dimension is not None and dimension.type == "text" and dimension.codes is None:
                datasets = {model.dataset} | {
                    catalogue.model(join.model).dataset for join in model.joins
                }
                found.setdefault(each.name, set()).update(datasets)
    return found

"""The first rows of a source, shown through the policies of the dataset that they would fill."""

from cityloop.policies.samples.service import Sample, Samples

__all__ = ["Sample", "Samples"]

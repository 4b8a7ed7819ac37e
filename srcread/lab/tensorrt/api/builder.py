"""The builder: makes networks, is configured, and gives an engine that says it is none.

No engine is built and none is run: what a framework would save is a text that describes the
recorded network. `StandIn` gives each builder the recordings and the inference of its networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.api.enumerations import BuilderFlag, Enumeration, PreviewFeature
from srcread.lab.tensorrt.api.network import INetworkDefinition


class ILogger:
    """Where TensorRT would log to."""

    class Severity(Enumeration):
        """How much a message weighs."""

        INTERNAL_ERROR = 0
        ERROR = 1
        WARNING = 2
        INFO = 3
        VERBOSE = 4

    INTERNAL_ERROR = Severity.INTERNAL_ERROR
    ERROR = Severity.ERROR
    WARNING = Severity.WARNING
    INFO = Severity.INFO
    VERBOSE = Severity.VERBOSE


class Logger(ILogger):
    """A logger that keeps what it is told."""

    def __init__(self, min_severity: ILogger.Severity = ILogger.Severity.WARNING) -> None:
        self.min_severity = min_severity
        self.messages: list[tuple[ILogger.Severity, str]] = []

    def log(self, severity: ILogger.Severity, message: str) -> None:
        """Keep a message."""
        self.messages.append((severity, message))


class IHostMemory(bytes):
    """Bytes that TensorRT would give: here a text about the recorded network."""

    @property
    def nbytes(self) -> int:
        """How many bytes there are."""
        return len(self)


class ITimingCache:
    """An empty cache: nothing is timed."""

    def serialize(self) -> memoryview:
        """Return what would be saved: nothing."""
        return memoryview(b"")


class IOptimizationProfile:
    """The least, usual and largest shapes of the inputs."""

    def __init__(self) -> None:
        self.shapes: dict[str, tuple[tuple[int, ...], ...]] = {}

    def set_shape(
        self, input: str, min: Sequence[int], opt: Sequence[int], max: Sequence[int]
    ) -> None:
        """Set the shapes of an input."""
        self.shapes[input] = (tuple(min), tuple(opt), tuple(max))

    def get_shape(self, input: str) -> list[tuple[int, ...]]:
        """Return the shapes of an input, or an empty list."""
        return list(self.shapes.get(input, ()))


class IBuilderConfig:
    """What a builder was told: flags, profiles, features."""

    def __init__(self) -> None:
        self.set_flags: list[BuilderFlag] = []
        self.profiles: list[IOptimizationProfile] = []
        self.preview_features: dict[PreviewFeature, bool] = {}
        self.builder_optimization_level = 3
        self._timing_cache: ITimingCache | None = None

    @property
    def num_optimization_profiles(self) -> int:
        """How many profiles there are."""
        return len(self.profiles)

    def set_flag(self, flag: BuilderFlag) -> None:
        """Set a flag."""
        if flag not in self.set_flags:
            self.set_flags.append(flag)

    def clear_flag(self, flag: BuilderFlag) -> None:
        """Unset a flag."""
        self.set_flags = [known for known in self.set_flags if known is not flag]

    def get_flag(self, flag: BuilderFlag) -> bool:
        """Tell whether a flag is set."""
        return flag in self.set_flags

    def set_preview_feature(self, feature: PreviewFeature, enable: bool) -> None:
        """Allow or forbid a feature."""
        self.preview_features[feature] = enable

    def create_timing_cache(self, serialized: bytes) -> ITimingCache:
        """Return a cache, an empty one whatever was saved."""
        return ITimingCache()

    def set_timing_cache(self, cache: ITimingCache, ignore_mismatch: bool) -> bool:
        """Use a cache."""
        self._timing_cache = cache
        return True

    def get_timing_cache(self) -> ITimingCache | None:
        """Return the cache in use."""
        return self._timing_cache

    def add_optimization_profile(self, profile: IOptimizationProfile) -> int:
        """Add a profile and return its number."""
        self.profiles.append(profile)
        return len(self.profiles) - 1


class Builder:
    """Makes networks. `make_network` and `describe` are given by the stand-in that is installed."""

    make_network: ClassVar[Callable[[int], INetworkDefinition]]
    describe: ClassVar[Callable[[INetworkDefinition], str]]

    def __init__(self, logger: ILogger) -> None:
        self.logger = logger

    def create_network(self, flags: int = 0) -> INetworkDefinition:
        """Return an empty network, which the stand-in keeps."""
        return type(self).make_network(flags)

    def create_builder_config(self) -> IBuilderConfig:
        """Return a configuration without flags."""
        return IBuilderConfig()

    def create_optimization_profile(self) -> IOptimizationProfile:
        """Return a profile without shapes."""
        return IOptimizationProfile()

    def build_serialized_network(
        self, network: INetworkDefinition, config: IBuilderConfig
    ) -> IHostMemory:
        """Return a text about the recorded network, where TensorRT gives an engine."""
        return IHostMemory(type(self).describe(network).encode())


class _Absent:
    """What runs an engine, of which there is none."""

    def __init__(self, *arguments: object) -> None:
        name = type(self).__name__
        raise StandInError(
            f"The stand-in's {name!r} runs no engine: a recorded network is run by "
            "`srcread.lab.tensorrt.evaluation.evaluate`."
        )


class Runtime(_Absent):
    """Would load an engine."""


class Refitter(_Absent):
    """Would give an engine other weights."""


class ICudaEngine(_Absent):
    """Would be an engine."""


class IExecutionContext(_Absent):
    """Would run an engine."""

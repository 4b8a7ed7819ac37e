"""A page whose run took something from the lab."""

from __future__ import annotations

from dataclasses import replace

from srcread.model import Lab, NetworkLine, RecordedNetwork
from srcread.site import PagePlan
from support.site_example import plans, view

FORWARD = "example/1.5/pkg.model.Model.forward.html"
SCALE = "example/1.5/pkg.model.scale.html"

NETWORK = RecordedNetwork(
    title="One layer",
    layers=3,
    inputs=1,
    outputs=2,
    modules=(("Model/layer", {"CAST": 2, "CONSTANT": 1}),),
    lines=(
        NetworkLine("pkg.model.Model.forward", 8, {"add_cast": 2}, {}),
        NetworkLine("pkg.model.Model.forward", 99, {"add_shape": 1}, {}),
        NetworkLine("pkg.model.scale", 1, {"add_constant": 1}, {"add_cast": 2}),
        NetworkLine("elsewhere.run", 4, {"add_input": 1}, {}),
    ),
)
LAB = Lab(
    trees={"pkg==1.5": "v1.5"},
    extracted={"pkg/model.py:scale": "d" * 8},
    given=("pick",),
    stood_in=("tensorrt 9.2.0",),
    references=("Gemm: snippet.gemm",),
    networks=(NETWORK,),
)


def shown(lab: Lab) -> tuple[PagePlan, ...]:
    """Plan the example with a run that took something from the lab."""
    one = view()
    standing = one.standings["run"]
    assert standing.run is not None
    standing = replace(standing, run=replace(standing.run, lab=lab))
    return plans(replace(one, standings={"run": standing}))

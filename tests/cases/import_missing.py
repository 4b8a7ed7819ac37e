"""A module that is not read is external; one that lacks in a package that is read is unresolved."""

import elsewhere
from elsewhere.deep import thing

from .parts import nowhere


def external():
    elsewhere.run()  # -> elsewhere.run [external]
    thing()  # -> elsewhere.deep.thing [external]


def unresolved():
    nowhere()  # -> ? has no name 'nowhere'

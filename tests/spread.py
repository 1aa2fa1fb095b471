"""How xdist spreads the tests over its processes: one by one, but for those that share a running stack.

Such a stack takes seconds to start, once in each process that meets a test of it. (The group marks of
xdist 3.8 would say the same; pytest 9 does not hear them.)
"""

from xdist.scheduler import LoadScopeScheduling

_TOGETHER = ("tests/flows/test_real_data.py", "tests/flows/test_production_shape.py")


class Spread(LoadScopeScheduling):
    """A scope is what goes to one process; the largest go first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in _TOGETHER else nodeid

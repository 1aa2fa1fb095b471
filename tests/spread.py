"""How xdist spreads the tests over its processes: one by one, but for those that share a running stack.

Such a stack takes seconds to start, once in each process that meets a test of it. (The group marks of
xdist 3.8 would say the same; pytest 9 does not hear them.)
"""

from xdist.scheduler import LoadScopeScheduling

_OF_ONE_STACK = ("test_real_data.py", "test_real_scores.py", "test_real_agreement.py")
_TOGETHER = {
    **{f"tests/flows/{name}": "stack" for name in _OF_ONE_STACK},
    "tests/flows/test_production_shape.py": "production",
    "tests/fixtures/test_load_demo.py": "demo",
    # torch takes seconds to load, once in each process that meets it
    "tests/score/test_classifier.py": "torch",
    "tests/score/test_sentence_encoder.py": "torch",
}


class Spread(LoadScopeScheduling):
    """A scope is what goes to one process; the largest go first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return _TOGETHER.get(file, nodeid)

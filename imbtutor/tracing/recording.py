"""Listen to one sampler while it runs; afterwards nothing of it stays behind."""

from contextlib import ExitStack, contextmanager
from types import FunctionType, MethodType
from typing import NamedTuple

from sklearn.utils import check_random_state

from imbtutor.tracing.accounts import check

# Class of a sampler -> the function that explains a run of it; see `explains`.
EXPLAINERS = {}


class Call(NamedTuple):
    """What a method was given and what it returned."""

    args: tuple
    kwargs: dict
    result: object


def explains(*samplers):
    """Enter a function as the one that explains runs of these samplers.

    It is called as ``explain(sampler, X, y, run)`` with the arrays that the sampler
    sees. It calls ``run()``, once, which does the work of the sampler and returns
    its new X and y, and it returns an `account` of what happened.
    """

    def enter(explain):
        EXPLAINERS.update(dict.fromkeys(samplers, explain))
        return explain

    return enter


def explainer(sampler):
    """Find the function that explains a sampler, or raise TypeError."""
    # A subclass may work by another rule: SMOTENC is a SMOTE to isinstance.
    if type(sampler) not in EXPLAINERS:
        names = ", ".join(sorted(each.__name__ for each in EXPLAINERS))
        raise TypeError(
            f"sampler={sampler!r} cannot be traced; pass an instance of one of {names}."
        )
    return EXPLAINERS[type(sampler)]


@contextmanager
def followed(sampler, accounts):
    """Append a checked account of each run of a sampler."""
    explain = explainer(sampler)
    fit_resample = sampler._fit_resample

    def follow(X, y):
        outputs = []

        def run(**names):
            outputs.append(with_names(fit_resample, **names)(X, y))
            return outputs[0]

        result = explain(sampler, X, y, run)
        check(result, X, y, *outputs[0])
        accounts.append(result)
        return outputs[0]

    with replaced(sampler, _fit_resample=follow):
        yield accounts


@contextmanager
def recorded(owner, method, calls=None):
    """Append each `Call` of a method of one object to a list."""
    calls = [] if calls is None else calls
    original = getattr(owner, method)

    def record(*args, **kwargs):
        result = original(*args, **kwargs)
        calls.append(Call(args, kwargs, result))
        return result

    with replaced(owner, **{method: record}):
        yield calls


@contextmanager
def part_recorded(sampler, part, method):
    """Record a method of a part that the sampler makes only when it runs."""
    calls = []
    with _when_made(sampler, part, lambda made: recorded(made, method, calls)):
        yield calls


@contextmanager
def part_followed(sampler, part):
    """Follow a sampler that another one makes only when it runs."""
    accounts = []
    with _when_made(sampler, part, lambda made: followed(made, accounts)):
        yield accounts


@contextmanager
def _when_made(sampler, part, listen):
    validate = sampler._validate_estimator
    with ExitStack() as stack:

        def validate_and_listen():
            validate()
            stack.enter_context(listen(getattr(sampler, part)))

        stack.enter_context(replaced(sampler, _validate_estimator=validate_and_listen))
        yield


@contextmanager
def replaced(owner, **attributes):
    """Give one object other attributes for a while; its class stays as it is."""
    own = vars(owner)
    before = {name: own[name] for name in attributes if name in own}
    own.update(attributes)
    try:
        yield
    finally:
        for name in attributes:
            del own[name]
        own.update(before)


def with_names(method, **names):
    """Copy a bound method, with another meaning for some names that its code uses.

    So we hear what a function draws or computes and keeps in a local variable.
    Its module is not touched: another run, in another thread too, sees nothing.
    """
    function = method.__func__
    copy = FunctionType(
        function.__code__,
        function.__globals__ | names,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    return MethodType(copy, method.__self__)


def drawing(draws):
    """Return a `check_random_state` whose random states append what they draw."""

    class Draws:
        def __init__(self, seed):
            self.state = check_random_state(seed)

        def __getattr__(self, name):
            draw = getattr(self.state, name)

            def draw_and_keep(*args, **kwargs):
                draws.append(draw(*args, **kwargs))
                return draws[-1]

            return draw_and_keep

    return Draws

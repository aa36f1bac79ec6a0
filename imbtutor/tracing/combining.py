"""What samplers did that make rows first, and clean what came out then."""

from imblearn.combine import SMOTEENN, SMOTETomek

from imbtutor.tracing.accounts import Table, account
from imbtutor.tracing.recording import explains, part_followed


@explains(SMOTEENN, SMOTETomek)
def in_two_steps(sampler, X, y, run):
    cleaner = "enn_" if isinstance(sampler, SMOTEENN) else "tomek_"
    with (
        part_followed(sampler, "smote_") as made,
        part_followed(sampler, cleaner) as cleaned,
    ):
        run()
    [made], [cleaned] = made, cleaned
    # Between the steps the rows of X keep their numbers, and the made ones follow.
    origin = made.origin[cleaned.origin]
    lines, rules = made.added.lines, cleaned.removed.lines
    form, rule_form = made.added.dtypes, cleaned.removed.dtypes
    added = {
        row: lines[number] | {"made": number}
        for row, number in enumerate(cleaned.origin.tolist())
        if number in lines
    }
    removed = {row: why for row, why in rules.items() if row < len(y)}
    discarded = {row: lines[row] | why for row, why in rules.items() if row >= len(y)}
    return account(
        origin,
        added=Table(added, form | {"made": int}),
        removed=Table(removed, rule_form),
        discarded=Table(discarded, form | rule_form),
    )

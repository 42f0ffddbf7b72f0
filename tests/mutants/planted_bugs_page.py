"""The page docs/planted-bugs.md, from what a campaign came to (campaign.py --write)."""

INTRODUCTION = """# Planted bugs

How good is the hunt at finding bugs? Here are {count} that were planted on purpose, each one a small patch
(`tests/mutants/*.patch`) with a mistake that somebody has made: the last column names it in the bug corpus (S: the
programs this project replaces, CB: circuit breakers, DF: full disks and crashes, LS: loss and storms). Each is hunted as
any other change would be, in random schedules over `scenarios/hunt`, and must break a law; the hunt is told nothing of
it. But what survived taught the hunt: the first campaign found at most 43 of 55, and syncs that find no room, power cuts
and the grounds `books` and `narrow` came after it. So the figures flatter, and the fair test are bugs planted from now on.

```
tests/mutants/campaign.py                        # all of them, as here
tests/mutants/campaign.py skip-sync --shrink 1   # one, and the smallest scenario that shows it
tests/mutants/campaign.py --write docs/planted-bugs.md
```

Words: *reached* is how often the patched code ran and *triggered* how often it made the state wrong, up to the detection
(Magma: Hazimeh, Herrera, Payer, 2020); *seeds* is how many were played until a law fired. A survivor is information about
the hunt, the laws or the scenarios, never a reason to make the bug coarser. `./test` plays some of them in scenarios
of their own, LIVE too; `./test --long` plays this campaign.

**{detected} of {count} detected, median {median:g} seeds, at most {most}** (of the seeds {seeds}). The control, without a
bug, played the same seeds: {runs} runs, {alarms} alarms.
"""

CLASSES = {
    "durability": "What was called durable is not",
    "accounting": "What was dropped is not counted, or counted twice",
    "identity": "A record changes its name",
    "breaker": "The breaker refuses too long, or never",
    "retry": "Too often, too late, or not at all",
    "spool": "Bounds and forgotten corners of the disk",
    "ingress": "Where records come in",
    "harness": "The judge himself",
}

HARNESS = """
These are bugs of the simulator. One that hides a bug of the core is linked together with it, and counts as detected where
the bug's own law finds it with the sound harness and not with this one: so the other rows would not be there."""


def cell(text):
    return text.replace("|", "\\|")


def table_of(rows):
    lines = ["| mutant | the bug | reached | triggered | detected by | seeds | corpus |",
             "|---|---|--:|--:|---|--:|---|"]
    for row in rows:
        by = ", ".join(row["by"]) if row["detected"] else "**survived**"
        lines.append(f"| `{row['name']}` | {cell(row['bug'])} | {row['reached']} | {row['triggered']} | {by} "
                     f"| {row['seeds']} | {', '.join(row['corpus'])} |")
    return "\n".join(lines)


def survivors_of(rows):
    """What is to be learnt from those that nobody caught."""
    lines = [f"- `{row['name']}`: {row['survives']}" for row in rows if not row["detected"] and "survives" in row]
    return "\n## What the survivors say\n\n" + "\n".join(lines) + "\n" if lines else ""


def shrunk_of(shrunk):
    if not shrunk:
        return ""
    lines = ["\n## Made small\n",
             "What was drawn for a seed has many faults that are not needed. `holdfast hunt` leaves them out, one after the",
             "other, as long as the same law is broken.\n",
             "| mutant | law | seed | faults that fired, as drawn | in the smallest scenario |", "|---|---|--:|--:|--:|"]
    lines += [f"| `{each['name']}` | {each['law']} | {each['seed']} | {each['before']} | {each['after']} |"
              for each in shrunk]
    return "\n".join(lines) + "\n"


def page_of(result):
    rows, control = result["mutants"], result["control"]
    page = INTRODUCTION.format(count=len(rows), detected=result["detected"], median=result["median_seeds"],
                               most=result["most_seeds"], seeds=result["seeds"], runs=control["runs"], alarms=len(control["alarms"]))
    for name, title in CLASSES.items():
        members = [row for row in rows if row["class"] == name]
        if not members:
            continue
        page += f"\n## {title}\n"
        if name == "harness":
            page += HARNESS + "\n"
        page += "\n" + table_of(members) + "\n"
    return page + survivors_of(rows) + shrunk_of(result["shrunk"])

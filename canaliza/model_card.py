"""The model card, written from the figures of `canaliza evaluate`: its purpose, its worth, where it is weak."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Target = tuple[str, str, float | None, bool]
HEAD = """# Model card

Written by `canaliza evaluate --baselines --curve --card docs/model-card.md`; do not edit by hand.

**For**: suggesting to an officer which of the jurisdiction's agencies answers for a citizen's message, what kind of
message it is, and whether somebody is in danger. An officer decides.

**Not for**: deciding alone what a person gets, judging who writes, ranking people, or any language but Spanish. An
emergency that it does not see is still an emergency: triage reads every petition.

**Data**: written for this project, no real person's messages (`jurisdictions/oaxaca/corpus/README.md`). The test's
authors wrote nothing that was learnt from. They are inventions of the same project, so real citizens will differ: the
office's own decisions are the better test.
"""


def write_card(path: Path, report: Mapping[str, Any], targets: Sequence[Target]) -> None:
    parts = [HEAD, *_data(report), *_measures(report, targets), *_curve(report)]
    parts += ["\n## By voice\n", *_groups(report["voices"]), "\n## By agency\n", *_groups(report["agencies"])]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _data(report: Mapping[str, Any]) -> Iterable[str]:
    yield f"Model `{report['model']}`."
    for name, counts in report.get("data", {}).items():
        yield f"{name.capitalize()}: " + ", ".join(f"{count:,} {what}" for what, count in counts.items()) + ".  "


def _measures(report: Mapping[str, Any], targets: Sequence[Target]) -> Iterable[str]:
    baselines = report.get("baselines", {})
    yield "\n## Figures\n"
    yield _row("measure", "target", "here", *baselines)
    yield _row(*["---"] * (3 + len(baselines)))
    for name, words, target, is_more in targets:
        wanted = f"{'≥' if is_more else '≤'} {target:.2f}" if target is not None else ""
        values = [report["measures"][name], *(measures[name] for measures in baselines.values())]
        yield _row(words, wanted, *(f"{value:.3f}" for value in values))


def _curve(report: Mapping[str, Any]) -> Iterable[str]:
    if "curve" in report:
        yield "\n## Learning curve\n"
        yield _row("petitions learnt", "first", "among three")
        yield _row("---", "---", "---")
        for count, values in report["curve"].items():
            yield _row(count, f"{values['agency_top1']:.3f}", f"{values['agency_top3']:.3f}")


def _groups(groups: Mapping[str, Mapping[str, float]]) -> Iterable[str]:
    yield _row("", "petitions", "first", "among three")
    yield _row("---", "---", "---", "---")
    for name, values in sorted(groups.items(), key=lambda item: item[1]["top1"]):
        yield _row(name, f"{values['petitions']}", f"{values['top1']:.2f}", f"{values['top3']:.2f}")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"

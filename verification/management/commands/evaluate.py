"""`manage.py evaluate match | pad | challenge`: error rates of the checks on labelled data, at the policy in force."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from verification.checks.evaluation.challenge import ChallengeReport, evaluate_challenge
from verification.checks.evaluation.pad import APCER_TARGET, BPCER_TARGET, PadReport, Policies, evaluate_pad
from verification.checks.evaluation.pairs import FMR_TARGET, FNMR_TARGET, MatchReport, evaluate_pairs
from verification.checks.evaluation.rates import Rate
from verification.checks.evaluation.tables import BadList, read_manifest, read_pairs
from verification.checks.run import engines_of_this_process
from verification.policy.thresholds import CAPTURE, POLICY

Report = MatchReport | PadReport | ChallengeReport


class Command(BaseCommand):
    """See the module."""

    help = "Measure FMR, FNMR and FTA on labelled pairs, or APCER and BPCER on labelled presentations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """`match --pairs FILE --images DIR`, `pad --manifest FILE`, `challenge --manifest FILE`; each with `--json`."""
        kinds = parser.add_subparsers(dest="kind", required=True)
        match = kinds.add_parser("match", help="FMR, FNMR, FTA")
        match.add_argument("--pairs", type=Path, required=True, help="CSV: reference,probe,mated")
        match.add_argument("--images", type=Path, required=True, help="directory of the images")
        pad = kinds.add_parser("pad", help="APCER per species, BPCER")
        pad.add_argument("--manifest", type=Path, required=True, help="CSV: path,medium,label,species")
        challenge = kinds.add_parser("challenge", help="how often recordings answer a challenge")
        challenge.add_argument("--manifest", type=Path, required=True, help="CSV: path,medium,label,species")
        for kind in (match, pad, challenge):
            kind.add_argument("--json", action="store_true", help="one JSON object instead of text")

    def handle(self, *, kind: str, json: bool, **options: Any) -> None:
        """Measure and print; a list that cannot be used ends with a sentence and a non-zero exit."""
        try:
            report = self._measured(kind, options)
        except (BadList, RuntimeError) as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(_as_json(report) if json else "\n".join(_as_text(report)))

    def _measured(self, kind: str, options: dict[str, Any]) -> Report:
        if kind == "match":
            return self._match(**options)
        return self._pad(**options) if kind == "pad" else self._challenge(**options)

    def _match(self, *, pairs: Path, images: Path, **_: Any) -> MatchReport:
        listed = read_pairs(pairs)
        return evaluate_pairs(listed, images, engines_of_this_process(), POLICY.bands, self._progress())

    def _pad(self, *, manifest: Path, **_: Any) -> PadReport:
        policies = Policies(POLICY.bands, CAPTURE.bands)
        return evaluate_pad(read_manifest(manifest), engines_of_this_process(), policies, self._progress())

    def _challenge(self, *, manifest: Path, **_: Any) -> ChallengeReport:
        """The performer is a photograph that a package ships, of a woman who looks into the camera."""
        from skimage import data

        astronaut: Any = data.astronaut
        picture = np.repeat(np.repeat(astronaut()[0:240, 60:380, ::-1], 2, axis=0), 2, axis=1)
        photograph = np.ascontiguousarray(picture)
        return evaluate_challenge(read_manifest(manifest), photograph, engines_of_this_process(), self._progress())

    def _progress(self) -> Callable[[int, int], None]:
        """Counts on standard error, and only where somebody watches it."""
        watched = self.stderr.isatty()

        def show(done: int, total: int) -> None:
            if watched:
                self.stderr.write(f"\r{done} of {total}", ending="\n" if done == total else "")

        return show


def _as_json(report: Report) -> str:
    return json.dumps({"policy": _policies(report), **report.as_dict()}, sort_keys=True)


def _policies(report: Report) -> str:
    """The name of what was measured. Stills are judged by one policy and clips by another."""
    if isinstance(report, MatchReport):
        return POLICY.name
    return CAPTURE.name if isinstance(report, ChallengeReport) else f"{POLICY.name} {CAPTURE.name}"


def _as_text(report: Report) -> list[str]:
    if isinstance(report, ChallengeReport):
        return [f"policy {_policies(report)}", *_challenge_lines(report)]
    lines = _match_lines(report) if isinstance(report, MatchReport) else _pad_lines(report)
    return [f"policy {_policies(report)}, threshold {report.threshold}", *lines]


def _challenge_lines(report: ChallengeReport) -> list[str]:
    return [
        *(
            _line(f"APCER {name}", rate, APCER_TARGET, "answers in full")
            for name, rate in sorted(report.species.items())
        ),
        _line(
            "BPCER", report.bona_fide, BPCER_TARGET, "performances by a synthetic head that were not answers in full"
        ),
        "Every clip is put to all sixty challenges of three steps; these trials depend on each other.",
        "Bounds are one-sided 95 % (Clopper-Pearson).",
    ]


def _match_lines(report: MatchReport) -> list[str]:
    return [
        _line("FMR", report.false_match, FMR_TARGET, "non-mated comparisons"),
        _line("FNMR", report.false_non_match, FNMR_TARGET, "mated comparisons"),
        f"FTA   {_percent(report.failure_to_acquire)} of {report.failure_to_acquire.trials} images refused"
        + "".join(f", {reason.value} {count}" for reason, count in sorted(report.refused.items())),
        f"more than one face in {_percent(report.bystanders)} of the images: compared here, but a person would decide",
        f"mated pairs that a machine would not pass, refusals included: {_percent(report.mated_not_passed)}",
        "Bounds are one-sided 95 % (Clopper-Pearson) and take comparisons to be independent.",
    ]


def _pad_lines(report: PadReport) -> list[str]:
    return [
        *(_line(f"APCER {name}", rate, APCER_TARGET, "attacks") for name, rate in sorted(report.species.items())),
        _line("BPCER", report.bona_fide, BPCER_TARGET, "bona fide presentations, counted when they do not pass"),
        f"to people {_percent(report.to_people)} of {report.to_people.trials}, without a face {report.not_acquired}",
        "Bounds are one-sided 95 % (Clopper-Pearson).",
        "Stills are judged by the liveness check. Clips are judged without the challenge, which they were not put to.",
        "Species that begin with synthetic_ were made of the bona fide clips.",
        "Passive liveness is blind to some masks, to cut-outs, and to pictures that no camera took.",
    ]


def _line(name: str, rate: Rate, target: float, what: str) -> str:
    if rate.value is None:
        return f"{name}: not enough data (no {what})"
    bound = f"{name}  {rate.value:.3g}, at most {rate.upper95:.3g}, from {rate.errors} of {rate.trials} {what}"
    return bound if rate.can_show(target) else f"{bound}: not enough data to show {target:g}"


def _percent(rate: Rate) -> str:
    return "nothing" if rate.value is None else f"{rate.value:.1%}"

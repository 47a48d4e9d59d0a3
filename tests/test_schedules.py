"""The samples for schedulers can be installed as they are, and call commands that exist."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from pipelines.commands import COMMANDS

FOLDER = Path(__file__).resolve().parents[1] / "pipelines" / "schedules"
UNITS = sorted(path for path in FOLDER.iterdir() if path.suffix in (".service", ".timer"))
_TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
# Field by field: the lowest and the highest number.
_CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def _calls(text: str) -> Iterator[list[str]]:
    """Every call of the program in a sample, as words."""
    for found in re.findall(r"\.venv/bin/recon +([^<>&|\n]+)", text):
        yield shlex.split(found)


def _cron_lines() -> list[str]:
    lines = (FOLDER / "recon.cron").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _unit(path: Path) -> configparser.ConfigParser:
    """A unit file; a key or section that stands twice is an error."""
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#", ";"), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize(
    "path",
    sorted(path for path in FOLDER.iterdir() if path.suffix not in (".md", ".timer")),
    ids=lambda path: path.name,
)
def test_a_sample_calls_commands_that_exist(path: Path) -> None:
    by_name = {command.name: command for command in COMMANDS}
    calls = list(_calls(path.read_text(encoding="utf-8")))
    assert calls
    for name, *words in calls:
        known = {option for one in by_name[name].params if isinstance(one, click.Option) for option in one.opts}
        assert set(words) <= known, f"{path.name}: recon {name} {words}"


def test_the_crontab_has_five_times_and_a_command() -> None:
    jobs = [line for line in _cron_lines() if not re.match(r"[A-Z_]+=", line)]
    assert len(jobs) == 2
    for job in jobs:
        *times, command = job.split(None, 5)
        for text, (lowest, highest) in zip(times, _CRON_FIELDS, strict=True):
            assert text == "*" or lowest <= int(text) <= highest, job
        # A % would begin the standard input; what goes to stderr is what cron has to send.
        assert "%" not in command
        assert command.startswith("cd ")
        assert command.endswith("> /dev/null")
        assert "2>" not in command
    assert (FOLDER / "recon.cron").read_bytes().endswith(b"\n")


def test_cron_itself_takes_the_crontab() -> None:
    crontab = shutil.which("crontab")
    if crontab is None:
        pytest.skip("no cron is installed here, so only the structure of the crontab was tested")
    usage = subprocess.run([crontab, "-h"], capture_output=True, text=True, check=False)
    if "-T" not in usage.stdout + usage.stderr:
        pytest.skip("this cron cannot test a crontab without installing it (crontab -T)")
    done = subprocess.run([crontab, "-T", str(FOLDER / "recon.cron")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("code", "is_done"), [(0, True), (6, True), (3, False), (4, False), (7, False)])
def test_a_day_that_was_read_in_part_is_no_failed_job(tmp_path: Path, code: int, is_done: bool) -> None:
    """Else a job would be red for as long as one customer is refused, and nobody would look at it any more."""
    jobs = yaml.safe_load((FOLDER / "github-actions.yml").read_text(encoding="utf-8"))["jobs"]
    [step] = [step["run"] for step in jobs["daily"]["steps"] if "recon daily" in step.get("run", "")]
    program = tmp_path / ".venv" / "bin" / "recon"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)
    # As GitHub calls a step.
    done = subprocess.run(["bash", "-e", "-c", step], cwd=tmp_path, check=False)
    assert (done.returncode == 0) is is_done
    assert (_unit(FOLDER / "recon.service")["Service"]["SuccessExitStatus"] == str(code)) is (code == 6)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_has_the_sections_of_its_kind(path: Path) -> None:
    unit = _unit(path)
    wanted = {"Unit", "Service"} if path.suffix == ".service" else {"Unit", "Timer", "Install"}
    assert set(unit.sections()) == wanted
    if path.suffix == ".service":
        assert unit["Service"]["Type"] == "oneshot"
        assert unit["Service"]["ExecStart"].startswith("/")
        assert unit["Service"]["WorkingDirectory"] in unit["Service"]["ReadWritePaths"].split()
    else:
        assert path.with_suffix(".service").exists()
        assert unit["Timer"]["OnCalendar"].endswith(" UTC")
        assert unit["Install"]["WantedBy"] == "timers.target"


def test_systemd_itself_takes_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd is installed here, so only the structure of the units was tested")
    program = tmp_path / "recon"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for path in UNITS:
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("/srv/recon/.venv/bin/recon", str(program)))
    done = subprocess.run(
        [analyze, "verify", *(str(tmp_path / path.name) for path in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "recon" in line]
    assert not ours, done.stderr
    assert done.returncode == 0, done.stderr


def test_the_windows_task_is_one_that_the_scheduler_reads() -> None:
    task = ET.parse(FOLDER / "recon-task.xml").getroot()
    assert (task.tag, task.get("version")) == (f"{_TASK}Task", "1.2")
    # The scheduler wants them in this order.
    assert [one.tag.removeprefix(_TASK) for one in task] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]
    [action] = task.iter(f"{_TASK}Exec")
    assert [one.tag.removeprefix(_TASK) for one in action] == ["Command", "Arguments"]
    principal = task.find(f"{_TASK}Principals/{_TASK}Principal")
    actions = task.find(f"{_TASK}Actions")
    assert principal is not None
    assert actions is not None
    assert principal.get("id") == actions.get("Context")
    assert task.findtext(f".//{_TASK}StartBoundary", "").endswith("Z")
    assert task.findtext(f".//{_TASK}MultipleInstancesPolicy") == "IgnoreNew"


def test_the_workflow_is_one_that_github_reads() -> None:
    workflow = yaml.safe_load((FOLDER / "github-actions.yml").read_text(encoding="utf-8"))
    # YAML reads the key `on` as a yes.
    assert set(workflow) == {"name", True, "permissions", "env", "jobs"}
    times = {one["cron"] for one in workflow[True]["schedule"]}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"], name
        assert job["steps"][-1]["run"].startswith(".venv/bin/recon "), name
        named = re.search(r"'(.+)'", job["if"])
        assert named is not None, name
        assert named[1] in times, name
    assert workflow["jobs"]["daily"]["concurrency"] == {"group": "recon-daily", "cancel-in-progress": False}
    secrets = [value for name, value in workflow["env"].items() if name != "RECON_DATA_DIR"]
    assert all(re.fullmatch(r"\$\{\{ secrets\.[A-Z_]+ \}\}", value) for value in secrets)

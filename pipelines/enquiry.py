"""What was known at an earlier moment, by today's rules: a database of its own, made from the landing alone.

Nothing is asked of the API, nothing is written to the log, and the published result stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines import history
from pipelines.errors import UsageError
from pipelines.landing import Landing
from pipelines.load import known_until, rebuild
from pipelines.parsed_project import project_hash
from pipelines.run import write_build_info
from pipelines.transform import transform
from pipelines.warehouse import Folders, open_build, publish_enquiry


@dataclass(frozen=True)
class Enquiry:
    """What came of an enquiry: its database, and when the newest reading in it was taken."""

    file: Path
    read_until: datetime


def enquire(
    folders: Folders,
    *,
    as_of: datetime,
    not_compared_share: str,
    on_node: Callable[[int, int], None] | None = None,
) -> Enquiry:
    """Builds, checks and keeps what was known at a moment.

    Shape:   `folders` are those `for_enquiry`, so that the normal working database is not touched.
    Errors:  UsageError when nothing had been read by then; TransformFailed and ControlTotalsDiffer: nothing is kept.
    """
    landing = Landing(folders.landing, known_at=as_of)
    read_until = known_until(landing)
    if read_until is None:
        raise UsageError(_nothing_by_then(folders, as_of))
    folders.build_database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rebuild(folders, landing)
    generation, previous = generation_then(history.generation_moments(folders), as_of)
    with open_build(folders) as connection:
        history.offer_memory(connection, folders)
    transform(
        folders,
        as_of=as_of,
        previous_as_of=previous,
        generation=generation,
        not_compared_share=not_compared_share,
        on_node=on_node,
    )
    with open_build(folders) as connection:
        write_build_info(connection, generation, as_of, f"enquiry-{project_hash()}")
        connection.execute("checkpoint")
    file = publish_enquiry(folders, as_of)
    # What was read long ago is loaded anew for each question; nobody needs two copies of the answer.
    folders.build_database.unlink()
    return Enquiry(file, read_until)


def generation_then(moments: dict[int, datetime], as_of: datetime) -> tuple[int, datetime | None]:
    """The number that a build of that moment has among the published ones, and the moment of the one before it.

    Shape:   the generation published for exactly that moment, else the one that would have come next.
    """
    moment = as_of.replace(tzinfo=None)
    same = [number for number, published in moments.items() if published == moment]
    earlier = [number for number, published in moments.items() if published <= moment and number not in same[-1:]]
    return (same[-1] if same else max(earlier, default=0) + 1), moments[max(earlier)] if earlier else None


def _nothing_by_then(folders: Folders, as_of: datetime) -> str:
    first = min(
        (
            datetime.fromisoformat(partition.walks[0].read_at)
            for partition in Landing(folders.landing).partitions()
            if partition.walks
        ),
        default=None,
    )
    since = f"the first reading is of {first.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if first else "nothing was read"
    return (
        f"by {as_of:%Y-%m-%d %H:%M:%S} UTC the lists of customers and documents had not been read, so nothing was "
        f"known ({since}); ask for a later moment"
    )

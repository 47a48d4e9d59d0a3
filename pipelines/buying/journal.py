"""The request ids of confirmed steps, on disk before anything is sent.

A step whose answer never came is sent again under the same id, by which the server knows it: a time-out never buys
twice. Once any answer came, good or bad, the next run is a new step. Nothing here is deleted.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.files import sha256_of, sync_folder, write_atomically


@dataclass(frozen=True)
class Step:
    """One confirmed step, and what came of it; `answer` is None until any came."""

    request_id: str
    tenant_id: str
    customer_id: str
    action: str
    body: Any
    sent_at: str
    answer: str | None = None
    is_repeated: bool = False


class Journal:
    """Steps in one folder: open ones by what they do, answered ones by their request id too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open_step(self, tenant_id: str, customer_id: str, action: str, body: Any) -> Step | None:
        """The step of exactly this content that was sent and never answered, if there is one.

        Errors:  UsageError when its file cannot be read: nobody may guess whether it was sent.
        """
        path = self._open_file(tenant_id, customer_id, action, body)
        if not path.exists():
            return None
        try:
            return replace(Step(**json.loads(path.read_text())), is_repeated=True)
        except (OSError, ValueError, TypeError):
            raise UsageError(
                f"{path} is damaged; look up by hand what came of that step, then remove the file"
            ) from None

    def begin(self, tenant_id: str, customer_id: str, action: str, body: Any, now: str) -> Step:
        """The open step of this content, or a new one; on disk when this returns."""
        found = self.open_step(tenant_id, customer_id, action, body)
        if found is not None:
            return found
        step = Step(str(uuid.uuid4()), tenant_id, customer_id, action, body, now)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self._open_file(tenant_id, customer_id, action, body), _text(step))
        sync_folder(self.folder)
        return step

    def answered(self, step: Step, answer: str) -> None:
        """Any answer came: the step is over, and kept."""
        open_file = self._open_file(step.tenant_id, step.customer_id, step.action, step.body)
        write_atomically(self.folder / f"{step.request_id}.json", _text(replace(step, answer=answer)))
        open_file.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _open_file(self, tenant_id: str, customer_id: str, action: str, body: Any) -> Path:
        content = json.dumps([tenant_id, customer_id, action, body], sort_keys=True).encode()
        return self.folder / f"open-{sha256_of(content)[:32]}.json"


def _text(step: Step) -> bytes:
    return json.dumps(asdict(step), indent=1).encode()

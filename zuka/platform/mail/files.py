"""Files that go with mails: kept once however many get them, for as long as mails are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.core.mail import EmailMultiAlternatives

from zuka.platform.mail.models import MailFile, OutgoingMail

# Mail servers take 10 to 25 MB, and a file grows by a third on its way.
MOST_BYTES = 7_000_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail. One with a `content_id` is a picture in its HTML: `<img src="cid:chart">`."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


def keep_files(attachments: Sequence[Attachment], *, at: datetime) -> list[dict[str, str]]:
    """Keep the files of a mail and return what the mail says of them. The same file again is kept once, and longer."""
    named = []
    for each in attachments:
        digest = hashlib.sha256(each.content).hexdigest()
        file = MailFile(digest=digest, content=each.content, used_at=at)
        MailFile.objects.bulk_create([file], update_conflicts=True, update_fields=["used_at"], unique_fields=["digest"])
        named.append(
            {"name": each.name, "media_type": each.media_type, "content_id": each.content_id, "digest": digest}
        )
    return named


def files_of(mail: OutgoingMail) -> list[Attachment]:
    """Return the files of a mail. Raises LookupError for one that is no longer kept."""
    digests = [each["digest"] for each in mail.attachments]
    kept = dict(MailFile.objects.filter(digest__in=digests).values_list("digest", "content")) if digests else {}
    return [
        Attachment(each["name"], each["media_type"], bytes(kept[each["digest"]]), each["content_id"])
        for each in mail.attachments
    ]


class PicturedMail(EmailMultiAlternatives):
    """A mail whose HTML shows pictures that it brings along (RFC 2387), beside its other files."""

    def __init__(self, *args: Any, files: Sequence[Attachment] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures = [each for each in files if each.content_id]
        for each in files:
            if not each.content_id:
                self.attach(whole_file(each))

    def _create_alternatives(self, msg: Any) -> Any:
        """Put the HTML, which is the last alternative, and its pictures into one part."""
        made: Any = super()._create_alternatives(msg)  # type: ignore[misc]  # Django's, without a type
        if not self.pictures or not self.alternatives:
            return made
        parts: list[Message] = made.get_payload()
        related = MIMEMultipart("related", type="text/html")
        related.attach(parts[-1])
        for each in self.pictures:
            related.attach(inline_picture(each))
        parts[-1] = related
        return made


def whole_file(file: Attachment) -> MIMEBase:
    """Return a file as a part that arrives byte by byte as it is: text would lose its line ends."""
    part = MIMEBase(*file.media_type.split("/", 1))
    part.set_payload(file.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", file.name))
    return part


def inline_picture(file: Attachment) -> MIMEImage:
    """Return a picture as the part that HTML names."""
    part = MIMEImage(file.content, file.media_type.partition("/")[2])
    part.add_header("Content-ID", f"<{file.content_id}>")
    part.add_header("Content-Disposition", "inline", filename=file.name)
    return part

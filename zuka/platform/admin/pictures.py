"""Uploading pictures in the back office: form fields that take files or an address, and give addresses."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from zuka.platform.pictures.reading import ACCEPTED, BadPicture
from zuka.platform.pictures.sizes import find_picture, smallest_url
from zuka.platform.pictures.storing import is_kept, store_picture

MOST_AT_ONCE = 12


class Sent(NamedTuple):
    """What a form sends for a picture: an address, and files that come before it."""

    text: str
    files: list[UploadedFile[Any]]


class PictureInput(UnfoldAdminTextInputWidget):
    """A picture as it is, a place to drop another one on, and its address."""

    template = "platform/picture_input.html"
    needs_multipart_form = True
    is_many = False

    class Media:
        js = ("platform/pictures.js",)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        """Return the input as HTML; its template lies beside those of pages."""
        addresses = str(value or "").split()
        context = {
            "widget": self.get_context(name, value, attrs)["widget"],
            "shown": [smallest_url(each) for each in addresses if each.startswith("/")],
            "elsewhere": [each for each in addresses if not each.startswith("/")],
            "accepted": ACCEPTED,
            "is_many": self.is_many,
        }
        return render_to_string(self.template, context)

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002 - Django's signature
        """A file may stand for the address."""
        return False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sent:
        """Return what was sent."""
        sent = files.getlist(f"{name}_file") if hasattr(files, "getlist") else []
        return Sent((data.get(name) or "").strip(), sent)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether a form has no such input."""
        return name not in data and f"{name}_file" not in files


class PicturesInput(PictureInput):
    """A place to drop several pictures on."""

    is_many = True


class PictureField(forms.CharField):
    """An address of a picture: of the file that was uploaded, else the one that was typed.

    Refused forms keep their upload: it is stored at once, and shown again by its address.
    """

    widget = PictureInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.stored: str | None = None

    def clean(self, value: Sent) -> str:
        """Return the address. Raises ValidationError for what is no picture, naming the file."""
        if value.files:
            self.stored = store_upload(value.files[0])
            return self.stored
        address: str = super().clean(value.text)
        if find_picture(address) and not is_kept(address):
            raise ValidationError("This picture is not kept any more. Upload it again.")
        return address

    def bound_data(self, data: Sent, initial: Any) -> str:  # noqa: ARG002 - Django's signature
        """Return what is shown after a form was sent."""
        return self.stored or data.text

    def has_changed(self, initial: Any, data: Sent | None) -> bool:
        """Say whether another picture was given."""
        return data is not None and (bool(data.files) or data.text != (initial or ""))


class PicturesField(forms.Field):
    """Several pictures at once, in the order they were chosen; gives their addresses."""

    widget = PicturesInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.stored: list[str] = []

    def clean(self, value: Sent) -> list[str]:
        """Return the addresses. Raises ValidationError with one line a file that is no picture."""
        self.stored = [each for each in value.text.split() if is_kept(each)]
        if len(value.files) > MOST_AT_ONCE:
            raise ValidationError(f"{len(value.files)} files are too many at once; choose {MOST_AT_ONCE} at most.")
        problems = []
        for file in value.files:
            try:
                self.stored.append(store_upload(file))
            except ValidationError as error:
                problems += error.messages
        if problems:
            raise ValidationError(problems)
        return self.stored

    def bound_data(self, data: Sent, initial: Any) -> str:  # noqa: ARG002 - Django's signature
        """Return the addresses of what was uploaded with a form that was refused."""
        return "\n".join(self.stored)

    def has_changed(self, initial: Any, data: Sent | None) -> bool:  # noqa: ARG002 - Django's signature
        """Say whether pictures were given."""
        return data is not None and bool(data.files or data.text)


def store_upload(file: UploadedFile[Any]) -> str:
    """Keep an uploaded file; return its address. Raises ValidationError, which names the file."""
    try:
        return store_picture(file, size=file.size or 0).url
    except BadPicture as refusal:
        raise ValidationError(f"{file.name}: {refusal.message}", code=refusal.code) from refusal

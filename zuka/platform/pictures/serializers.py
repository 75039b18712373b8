from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from zuka.platform.answers import Answer
from zuka.platform.pictures.sizes import picture_json


class PictureFileSerializer(Answer, serializers.Serializer[Any]):
    """One file of a picture, for `srcset`."""

    url = serializers.CharField()
    width = serializers.IntegerField(help_text="In pixels.")
    height = serializers.IntegerField(help_text="In pixels.")


class PictureSerializer(Answer, serializers.Serializer[Any]):
    """A picture. What lies on another host has neither width nor height, and no sizes."""

    url = serializers.CharField(help_text="The largest file: an address, or a path of this site.")
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    sizes = PictureFileSerializer(many=True, help_text="The same picture in several widths, the smallest first.")


@extend_schema_field(PictureSerializer(allow_null=True))
class PictureOf(serializers.ReadOnlyField):
    """Shows the address in a column as a picture with its sizes; null where it is empty."""

    def to_representation(self, value: str | None) -> dict[str, Any] | None:
        """Return the picture."""
        return picture_json(value)

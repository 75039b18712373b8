"""Pages of the back office as a browser sends them back."""

from __future__ import annotations

from typing import Any

from django.test import Client


def page_data(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back of the product's page, untouched."""
    context = client.get(url).context
    data: dict[str, Any] = {"dimensions": "null"}
    form = context["adminform"].form
    data |= {name: value for name in form.fields if (value := form[name].value()) is not None and name not in data}
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        data |= {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
        for row in formset.initial_forms:
            data |= {row.add_prefix(name): row[name].value() or "" for name in row.fields}
            hidden = {name: row[name].value() for name, field in row.fields.items() if field.show_hidden_initial}
            data |= {row.add_initial_prefix(name): value for name, value in hidden.items()}
    return {name: value for name, value in data.items() if value is not None}

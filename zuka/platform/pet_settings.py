"""The settings of pets, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, limit, one_of, positive_to, site_url, text

GROUP = "Pets"

PET_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "PET_BRAIN",
        one_of("scripted", "openai", "anthropic"),
        "scripted",
        "How pets think. scripted: by rules, without any network. openai or anthropic: by a language model that speaks "
        "that protocol, at PET_MODEL_URL; while it is away, pets think by rules.",
        GROUP,
    ),
    Setting("PET_MODEL", text, "", "The model's name, as its provider writes it.", GROUP),
    Setting(
        "PET_MODEL_URL",
        site_url,
        "",
        "Where the model answers: https://api.openai.com/v1, https://api.anthropic.com, or a server of your own. What "
        "shoppers write to their pets is sent there.",
        GROUP,
    ),
    Setting("PET_MODEL_KEY", text, "", "The key of your account there; empty for a server that asks for none.", GROUP),
    Setting(
        "PET_DAILY_TOKENS",
        positive_to(100_000_000),
        "100000",
        "Most tokens that one person's talk may cost a day; beyond them their pet thinks by rules.",
        GROUP,
        live=True,
    ),
    Setting(
        "PET_RETENTION_MONTHS",
        positive_to(120),
        "12",
        "Months after its last message that a conversation is kept.",
        GROUP,
        live=True,
    ),
    Setting(
        "ZUKA_STREAM_PORT",
        limit,
        "",
        "The port of a process of its own from which answers of pets are streamed as they are written. Empty: none; "
        "answers come whole.",
        GROUP,
    ),
    Setting(
        "STREAM_URL",
        site_url,
        "",
        "Where browsers reach that process, for example https://streams.shop.example. Empty: at its port of the host "
        "that they are at, which suits a shop without a proxy in front.",
        GROUP,
    ),
)

"""The settings of signing in by a provider, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, names, web_url

GROUP = "Sign-in"
PAGE = "Where {name} asks people who they are; {{host}} in it is the host that they came to the shop by."
KEYS = "Where {name}'s public keys are, which its tokens are checked with: who answers there lets anybody in."

SIGN_IN_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "GOOGLE_CLIENT_IDS",
        names,
        "",
        "The shop's client ids at Google, comma-separated, the web's first, then those of apps. With them customers "
        "sign in by Google; /shop/account/back/ must be among the web client's redirect URIs. Empty: not offered.",
        GROUP,
    ),
    Setting(
        "GOOGLE_PAGE_URL", web_url, "https://accounts.google.com/o/oauth2/v2/auth", PAGE.format(name="Google"), GROUP
    ),
    Setting(
        "GOOGLE_KEYS_URL", web_url, "https://www.googleapis.com/oauth2/v3/certs", KEYS.format(name="Google"), GROUP
    ),
    Setting(
        "APPLE_CLIENT_IDS",
        names,
        "",
        "The shop's Services ID at Apple, then the bundle ids of apps, comma-separated. With them customers sign in by "
        "Apple; /shop/account/back/ must be among the Services ID's return URLs. Empty: not offered.",
        GROUP,
    ),
    Setting("APPLE_PAGE_URL", web_url, "https://appleid.apple.com/auth/authorize", PAGE.format(name="Apple"), GROUP),
    Setting("APPLE_KEYS_URL", web_url, "https://appleid.apple.com/auth/keys", KEYS.format(name="Apple"), GROUP),
)

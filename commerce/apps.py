from __future__ import annotations

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """The shop: one app of rooms."""

    name = "commerce"
    label = "commerce"
    verbose_name = "Shop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect rooms to what happens to accounts, declare the mails, and add the page of the docs."""
        # Models, which the receiver needs, are loaded by now and not before.
        from django.contrib.auth.signals import user_logged_in

        from commerce import documents, retention  # noqa: F401 - register its page, and what it keeps
        from commerce.accounts.adapter.keys import revoke_on_closing
        from commerce.accounts.adapter.own_data import tell_of_copy
        from commerce.accounts.adapter.records import note_sign_in
        from commerce.accounts.services import account_closing, email_proved, phone_proved
        from commerce.cart.adapter import forget_on_closing, merge_on_sign_in
        from commerce.notifications import documents as notifications  # noqa: F401 - as above
        from commerce.notifications.kinds import KINDS
        from commerce.notifications.mails import ACCOUNT_MAILS, STAFF_MAILS
        from commerce.orders.adapter import claim_on_proof, claim_on_sign_in, refuse_closing
        from commerce.payments.figures import FIGURES
        from commerce.payments.services import add_ledger
        from commerce.personal_data import declare
        from commerce.rewards.adapter import forget_on_closing as forget_player
        from commerce.subscriptions.adapter import forget_on_closing as forget_subscriber
        from commerce.subscriptions.services import SubscriptionLedger
        from zuka.platform.mail.templates import add_mail_templates
        from zuka.platform.metrics.declared import add_figures
        from zuka.platform.personal_data.moments import export_ready

        declare()
        add_figures(*FIGURES)
        add_mail_templates((*(kind.mail for kind in KINDS.values()), *ACCOUNT_MAILS, *STAFF_MAILS))
        user_logged_in.connect(note_sign_in, dispatch_uid="commerce.accounts")
        user_logged_in.connect(merge_on_sign_in, dispatch_uid="commerce.cart")
        user_logged_in.connect(claim_on_sign_in, dispatch_uid="commerce.orders")
        email_proved.connect(claim_on_proof, dispatch_uid="commerce.orders")
        phone_proved.connect(claim_on_proof, dispatch_uid="commerce.orders")
        account_closing.connect(refuse_closing, dispatch_uid="commerce.orders")
        account_closing.connect(revoke_on_closing, dispatch_uid="commerce.accounts")
        account_closing.connect(forget_on_closing, dispatch_uid="commerce.cart")
        account_closing.connect(forget_player, dispatch_uid="commerce.rewards")
        account_closing.connect(forget_subscriber, dispatch_uid="commerce.subscriptions")
        export_ready.connect(tell_of_copy, dispatch_uid="commerce.accounts")
        add_ledger(SubscriptionLedger())

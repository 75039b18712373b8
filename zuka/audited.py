"""What the audit log makes of each table: columns that are hidden, that name people, and that are worth no entry.

Tables are those of the back office; a new one is audited by itself, and a test says which of its columns sound secret
or personal and are not placed here.
"""

from __future__ import annotations

from zuka.platform.audit.rules import AuditRule, AuditTable

PERSON = ("name", "email", "phone")
VIEWED = "Code alone writes it; nobody changes it in the back office."

AUDITED = AuditTable(
    rules={
        "analytics.alert": AuditRule(hidden=("webhook_secret", "webhook_url"), personal=("recipients",)),
        "analytics.exportjob": AuditRule(ignored=("part", "leased_until", "attempts", "rows"), harmless=("file_name",)),
        "analytics.historyimport": AuditRule(
            ignored=(
                *("bytes_read", "records", "received", "accepted", "duplicate", "rejected", "dropped"),
                *("first_at", "last_at", "attempts", "stalled", "leased_until", "moved_at"),
            ),
            harmless=("file_name", "source_key"),
        ),
        "analytics.ingestalert": AuditRule(harmless=("source_key",)),
        "analytics.rejectedevent": AuditRule(hidden=("payload", "reading"), harmless=("source_key", "source_name")),
        "analytics.reportrecipient": AuditRule(personal=("address",)),
        "analytics.reportsubscription": AuditRule(ignored=("next_attempt_at", "attempts")),
        "analytics.segment": AuditRule(ignored=("people", "refreshed_at", "seconds", "failure")),
        "analytics.spendimport": AuditRule(ignored=("content", "problems", "changes", "unseen")),
        "commerce.address": AuditRule(
            personal=("label", "recipient_name", "phone", "street_address", "city", "state", "postal_code"),
        ),
        "commerce.couponredemption": AuditRule(personal=("guest",)),
        "commerce.difference": AuditRule(harmless=("subject_key", "note")),
        "commerce.devicesession": AuditRule(hidden=("session_key",), personal=("name", "place"), words=("platform",)),
        "commerce.order": AuditRule(
            hidden=("idempotency_key", "idempotency_fingerprint", "visitor_id", "session_id"),
            personal=("guest_email", "guest_phone", "contact_name", "shipping_address", "billing_address", "notes"),
        ),
        "commerce.orderevent": AuditRule(personal=("note",), words=("kind",), person_path="order__user"),
        "commerce.payment": AuditRule(hidden=("raw_answer", "checkout_url")),
        "commerce.paymentcomparison": AuditRule(harmless=("note",)),
        "commerce.pointsadjustment": AuditRule(personal=("reason",)),
        "commerce.pointsentry": AuditRule(personal=("note",)),
        "commerce.productimport": AuditRule(ignored=("content", "problems", "changes", "leased_until")),
        "commerce.productreview": AuditRule(personal=("title", "body"), words=("rating",)),
        "commerce.provideridentity": AuditRule(personal=("subject", "email"), words=("provider",)),
        "commerce.refund": AuditRule(
            hidden=("request_key",), personal=("reason", "decision_note"), person_path="payment__order__user"
        ),
        "commerce.return": AuditRule(
            hidden=("idempotency_key",), personal=("note", "answer"), person_path="order__user"
        ),
        "commerce.returnline": AuditRule(personal=("reason",), person_path="goods_return__order__user"),
        "commerce.stockmovement": AuditRule(harmless=("note",)),
        "commerce.subscription": AuditRule(hidden=("authorization",), personal=("authorized_email",)),
        "commerce.subscriptioncharge": AuditRule(hidden=("raw_answer",)),
        "commerce.subscriptionevent": AuditRule(personal=("note",), words=("kind",), person_path="subscription__user"),
        "commerce.subscriptionrefund": AuditRule(hidden=("request_key",)),
        "commerce.user": AuditRule(
            person="id",
            hidden=("password",),
            personal=(*PERSON, "date_of_birth", "profile_image_url", "gender_preference", "metadata"),
            harmless=("email_verified_at", "phone_verified_at"),
            words=PERSON,
            names_people=True,
        ),
        "commerce.userreward": AuditRule(hidden=("idempotency_key",)),
        "commerce.webhookdelivery": AuditRule(hidden=("body",), harmless=("dedupe_key",), words=("event",)),
        "django_celery_beat.periodictask": AuditRule(
            ignored=("last_run_at", "total_run_count", "date_changed"), harmless=("routing_key", "headers")
        ),
        "mfa.authenticator": AuditRule(hidden=("data",), ignored=("last_used_at",), words=("type",)),
        "pets.petpreference": AuditRule(personal=("value",), words=("kind",), person_path="pet__user"),
        "pets.userpet": AuditRule(personal=("name",), words=("persona",)),
        "platform.apikey": AuditRule(hidden=("token", "token_hash", "device_hash")),
        "platform.dataexport": AuditRule(
            hidden=("person", "subject_hash"),
            ignored=("progress", "leased_until", "attempts"),
            personal=("reason", "failure"),
            harmless=("file_name",),
        ),
        "platform.erasurerequest": AuditRule(
            hidden=("person", "subject_hash"),
            ignored=("progress", "leased_until", "attempts"),
            personal=("reason", "failure"),
        ),
        "platform.outgoingmail": AuditRule(
            hidden=("context", "text", "html", "headers", "attachments"),
            personal=("recipient", "subject", "key"),
            ignored=("attempts", "next_attempt_at", "last_error"),
            words=("template",),
        ),
        "platform.signinlock": AuditRule(hidden=("who_hash",), personal=("ip",)),
        "platform.suppression": AuditRule(hidden=("address_hash",), personal=("address",), words=("reason",)),
    },
    more=("commerce.address", "commerce.provideridentity", "mfa.authenticator"),
    left_out={
        "platform.auditentry": "The log itself.",
        "platform.backuprun": VIEWED,
        "platform.staffsession": "A log of its own; that somebody was signed out is noted as a deed.",
        "platform.staffsignin": "A log of its own.",
        "analytics.dirtyday": VIEWED,
        "analytics.fillstate": VIEWED,
        "analytics.refreshrun": VIEWED,
        "analytics.reportdelivery": VIEWED,
        "analytics.alertfiring": VIEWED,
        "analytics.campaignspend": "Rows of a sheet; the import is audited.",
        "commerce.cart": VIEWED,
        "commerce.cartline": VIEWED,
        "commerce.notification": VIEWED,
        "commerce.gameplay": VIEWED,
        "pets.petconversation": VIEWED,
        "pets.petmessage": VIEWED,
        "pets.petaction": VIEWED,
    },
)

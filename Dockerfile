# One image for web, worker, beat and migrations; docker-compose.yml says which is which.
FROM python:3.13-slim AS packages
COPY requirements.lock .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
       --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=zuka.settings STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media \
    METRICS_PATH=/tmp/zuka-metrics
# Volumes that are made over /srv/media and /srv/archive take their owner from here.
RUN useradd --system --uid 10001 --home-dir /srv/home --create-home --shell /usr/sbin/nologin zuka \
    && install --directory --owner zuka /srv/media /srv/archive
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/zuka
COPY . .
# The key signs nothing here: it only lets settings be read. Static files are made as part of the image.
RUN SECRET_KEY=build-only python manage.py collectstatic --no-input
USER zuka
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Web itself reads WEB_THREADS too: it refuses what it can do without when all of them are busy.
CMD ["sh", "-c", "exec python -m granian --interface wsgi --host 0.0.0.0 --port 8000 --workers ${WEB_WORKERS:-2} \
     --blocking-threads ${WEB_THREADS:-32} --runtime-mode st --backlog 2048 --no-ws --respawn-failed-workers \
     --log-level warning zuka.wsgi:application"]

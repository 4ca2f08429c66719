# syntax=docker/dockerfile:1
# Two images from one build: `desk` runs web, live, bot, worker and beat; `proxy` is nginx with the static files.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements/uv.txt requirements/base.txt requirements/
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && python -m venv --without-pip /opt/desk \
 && /opt/uv/bin/uv pip install --no-cache --python /opt/desk/bin/python --require-hashes -r requirements/base.txt
WORKDIR /app
COPY manage.py ./
COPY config config
COPY accounts accounts
COPY tickets tickets
COPY chat chat
COPY telegram_bot telegram_bot
COPY templates templates
COPY static static
# what the settings ask for; none of it stays in the images
RUN export SECRET_KEY=build-only-build-only-build-only-00 JWT_SIGNING_KEY=build-only-build-only-build-only-01 \
    PUBLIC_URL=https://desk.invalid DATABASE_URL=postgres://nobody@127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 \
    DATA_DIR=/tmp/build STATIC_ROOT=/app/collected_static \
 && find config/locale -name '*.po' -exec sh -c 'msgfmt --output-file="${1%.po}.mo" "$1"' _ {} \; \
 && /opt/desk/bin/python manage.py collectstatic --no-input --ignore redoc --ignore rest_framework \
 && /opt/desk/bin/python -m compileall -q config accounts tickets chat telegram_bot


FROM nginx:1.30.6-alpine AS proxy
COPY deploy/nginx/nginx.conf /etc/nginx/nginx.conf
COPY --from=build /app/collected_static /srv/static
USER 101:101


FROM python:3.11.14-slim-bookworm AS desk
ENV PATH=/opt/desk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data STATIC_ROOT=/app/collected_static
RUN groupadd --gid 10001 desk && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin desk \
 && install -d -o desk -g desk /data /data/files
COPY --from=build /opt/desk /opt/desk
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "config.wsgi:application"]

# The service: one image, started as api, worker or SFTP server.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
COPY scripts ./scripts
RUN npx tsc -p . && node dist/scripts/bundle-workflows.js && npm prune --omit=dev

FROM node:22-bookworm-slim AS service
# Each native thread would keep freed memory in an arena of its own: tens of MiB in a worker.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY web ./web
COPY docs ./docs
# A named volume that is mounted here belongs to the same user: the host keys of the SFTP server.
RUN mkdir -p /var/lib/careway/sftp-host-keys && chown -R node:node /var/lib/careway
USER node
CMD ["node", "--enable-source-maps", "dist/src/api/main.js"]

# S3 and SNS for a machine of one's own, the same emulator as `npm start` uses.
FROM python:3.12-slim AS aws
COPY tools/ministack/requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt
ENV SERVICES=s3,sns,sqs SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 LOG_LEVEL=WARNING
VOLUME /data
CMD ["python", "-m", "ministack"]

# One image for worker, server and commands. compose.yaml starts each.
FROM node:20.19.5-bookworm-slim AS dependencies
WORKDIR /perennial
COPY package.json package-lock.json ./
# Without what only tests need. No package's scripts are run.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Stories and templates are packed once, here, so that a container starts at once and writes nothing.
FROM dependencies AS packed
COPY . .
RUN node --import tsx bin/pack.ts

FROM node:20.19.5-bookworm-slim
ENV NODE_ENV=production NO_COLOR=1
WORKDIR /perennial
COPY --from=packed /perennial ./
RUN mkdir /outbox && chown node:node /outbox
USER node
EXPOSE 8080 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "bin/is-ready.mjs", "8080"]
CMD ["node", "--import", "tsx", "server.ts"]

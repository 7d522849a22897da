# syntax=docker/dockerfile:1
# Dependencies first, so that a change of the source does not install them again. Development and optional
# ones (embedded PostgreSQL, tests, benchmark) stay out: a container is given a database.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production SLUICE_HOST=0.0.0.0 SLUICE_PORT=8080 SLUICE_DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY migrations ./migrations
COPY policies ./policies
COPY src ./src
USER node
# The journal lives here: records that are not in Postgres yet outlive the container.
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.SLUICE_PORT??8080)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "--single-threaded-gc", "--no-allocation-site-pretenuring", "src/main.ts", "serve"]

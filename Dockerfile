# The scoring API by SageMaker's container contract: GET /ping and POST /invocations on port 8080, the model under /opt/ml/model,
# started with the one argument "serve". Runs anywhere else, too. Written by the contract, and not built or run by its authors:
# test/conformance/api/container.conformance.ts holds what it copies, sets and starts, without Docker.
#
#   docker build -t rfm-scoring .
#   docker run --rm -p 8080:8080 -v "$PWD/lake:/opt/ml/model:ro" rfm-scoring
FROM node:24-slim
WORKDIR /opt/rfm
COPY package.json package-lock.json .npmrc ./
# No package has anything to build or to fetch, and the image is Node 24 already: the one for development goes.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node-linux-* && npm cache clean --force
COPY bin ./bin
COPY lib ./lib
COPY sql ./sql
ENV NODE_ENV=production RFM_LAKE=/opt/ml/model RFM_HOST=0.0.0.0
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=2s --start-period=5s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8080/ping').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# In the exec form, so that SIGTERM comes to the server, which then answers what is under way and ends.
ENTRYPOINT ["node", "bin/rfm.ts"]
CMD ["serve"]

# The scoring API by SageMaker's container contract: GET /ping and POST /invocations on port 8080, the model under /opt/ml/model,
# started with the one argument "serve". Runs anywhere else, too. Not built by its authors, who have no Docker:
# test/conformance/api/container.conformance.ts runs its commands in root file systems of its own, and the server in the last.
#
#   npm run build && npm pack ./dist
#   docker build -t rfm-scoring .
#   docker run --rm -p 8080:8080 -v "$PWD/lake:/opt/ml/model:ro" rfm-scoring
#
# For another processor: docker buildx build --platform linux/amd64,linux/arm64 …; npm brings what is native for each.
FROM node:24-slim AS installed
WORKDIR /opt/rfm
COPY rfm-segmentation-*.tgz ./
# No package has anything to build or to fetch.
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-package-lock ./rfm-segmentation-*.tgz \
  && rm rfm-segmentation-*.tgz

FROM node:24-slim
COPY --from=installed /opt/rfm /opt/rfm
ENV NODE_ENV=production RFM_LAKE=/opt/ml/model RFM_HOST=0.0.0.0
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=2s --start-period=5s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8080/ping').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# In the exec form, so that SIGTERM comes to the server, which then answers what is under way and ends.
ENTRYPOINT ["node", "/opt/rfm/node_modules/rfm-segmentation/js/rfm.js"]
CMD ["serve"]

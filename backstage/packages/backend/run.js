// The portal's backend: plain JavaScript, so that it starts without a build.
const { createBackend } = require('@backstage/backend-defaults');

const backend = createBackend();
backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-auth-backend'));
for (const feature of require('./demo-users')) {
  backend.add(feature);
}
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(require('./owners-only'));
backend.add(import('@backstage/plugin-proxy-backend'));
backend.start();

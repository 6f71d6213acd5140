// The portal's permission policy: everything, or (`demo.ownersOnly`) of the components only those that one owns.
const { coreServices, createBackendModule } = require('@backstage/backend-plugin-api');
const { AuthorizeResult } = require('@backstage/plugin-permission-common');
const { policyExtensionPoint } = require('@backstage/plugin-permission-node/alpha');
const {
  catalogConditions,
  createCatalogConditionalDecision,
} = require('@backstage/plugin-catalog-backend/alpha');

module.exports = createBackendModule({
  pluginId: 'permission',
  moduleId: 'owners-only',
  register(reg) {
    reg.registerInit({
      deps: { policy: policyExtensionPoint, config: coreServices.rootConfig },
      async init({ policy, config }) {
        const isStrict = config.getOptionalBoolean('demo.ownersOnly') ?? false;
        policy.setPolicy({
          async handle(request, user) {
            if (isStrict && user && request.permission.name === 'catalog.entity.read') {
              return createCatalogConditionalDecision(request.permission, {
                anyOf: [
                  { not: catalogConditions.isEntityKind({ kinds: ['component'] }) },
                  catalogConditions.isEntityOwner({ claims: user.info.ownershipEntityRefs }),
                ],
              });
            }
            return { result: AuthorizeResult.ALLOW };
          },
        });
      },
    });
  },
});

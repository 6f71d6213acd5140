import { ApiBlueprint, configApiRef, discoveryApiRef, type ExtensionDefinition, fetchApiRef } from '@backstage/frontend-plugin-api';
import { callboardApiRef } from '../api/CallboardApi';
import { CallboardClient } from '../api/CallboardClient';

/** How the plugin asks the service. */
export const callboardApi: ExtensionDefinition = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: callboardApiRef,
      deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: apis => new CallboardClient(apis),
    }),
});

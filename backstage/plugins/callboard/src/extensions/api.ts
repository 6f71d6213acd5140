import {
  ApiBlueprint,
  configApiRef,
  discoveryApiRef,
  type ExtensionDefinition,
  fetchApiRef,
  identityApiRef,
} from '@backstage/frontend-plugin-api';
import { callboardApiRef } from '../api/CallboardApi';
import { CallboardClient } from '../api/CallboardClient';

/** How the plugin asks the service. */
export const callboardApi: ExtensionDefinition = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: callboardApiRef,
      deps: { configApi: configApiRef, discoveryApi: discoveryApiRef, fetchApi: fetchApiRef, identityApi: identityApiRef },
      factory: apis => new CallboardClient(apis),
    }),
});

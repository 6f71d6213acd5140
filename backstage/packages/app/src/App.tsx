import { ProxiedSignInPage } from '@backstage/core-components';
import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';

// The backend knows who is there (demo-users.js), so nobody is asked. The plugin itself needs no line in here: it is found.
const signIn = createFrontendModule({
  pluginId: 'app',
  extensions: [
    SignInPageBlueprint.make({
      params: { loader: async () => props => <ProxiedSignInPage {...props} provider="guest" /> },
    }),
  ],
});

export default createApp({ features: [signIn] });

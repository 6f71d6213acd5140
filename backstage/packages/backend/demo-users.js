// Sign-in for the demo: whoever a cookie names, else the person the configuration names. It stands where the guest
// provider stands, so that the sign-in pages of both frontend systems know it. `/as/<user>` sets the cookie.
// Nothing of this belongs into a portal that anybody else can reach.
const { coreServices, createBackendModule, createBackendPlugin } = require('@backstage/backend-plugin-api');
const {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} = require('@backstage/plugin-auth-node');

const COOKIE = 'callboard-demo-user';

const named = request => {
  const found = (request.headers.cookie ?? '').split(/; */).find(each => each.startsWith(`${COOKIE}=`));
  return found && decodeURIComponent(found.slice(COOKIE.length + 1));
};

const provider = createBackendModule({
  pluginId: 'auth',
  moduleId: 'demo-users',
  register(reg) {
    reg.registerInit({
      deps: { providers: authProvidersExtensionPoint, config: coreServices.rootConfig },
      async init({ providers, config }) {
        const usual = config.getString('demo.user');
        providers.registerProvider({
          providerId: 'guest',
          factory: createProxyAuthProviderFactory({
            authenticator: createProxyAuthenticator({
              defaultProfileTransform: async () => ({ profile: {} }),
              initialize() {},
              async authenticate({ req }) {
                return { result: { user: named(req) ?? usual } };
              },
            }),
            signInResolver: ({ result }, context) => context.signInWithCatalogUser({ entityRef: result.user }),
          }),
        });
      },
    });
  },
});

const chooser = createBackendPlugin({
  pluginId: 'demo-chooser',
  register(reg) {
    reg.registerInit({
      deps: { http: coreServices.rootHttpRouter },
      async init({ http }) {
        http.use('/as', (request, response) => {
          const user = `user:default/${request.path.replace(/[^a-z0-9.-]/gi, '')}`;
          response.setHeader('Set-Cookie', `${COOKIE}=${encodeURIComponent(user)}; Path=/; SameSite=Lax; HttpOnly`);
          response.redirect('/');
        });
      },
    });
  },
});

module.exports = [provider, chooser];

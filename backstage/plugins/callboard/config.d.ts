export interface Config {
  callboard?: {
    /**
     * Where the Callboard service is, when the browser is to call it directly instead of through the portal's proxy.
     * The service has to allow this portal's origin.
     * @visibility frontend
     */
    baseUrl?: string;
    /**
     * The path of the proxy's endpoint that leads to Callboard, with its slash. Left out: `/callboard`.
     * @visibility frontend
     */
    proxyPath?: string;
    /**
     * Whether the plugin only shows, and offers nothing that changes something. For a proxy whose `allowedMethods` are
     * `[GET]`, which would refuse it. Left out: false.
     * @visibility frontend
     */
    readOnly?: boolean;
  };
}
